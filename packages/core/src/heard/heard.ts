import { placeKey, sessionKeys, type Place } from '@nanoclaw/schema'
import type { CentralStore } from '../central/central-store.ts'
import type { NewInbound } from '../mailbox/inbound-types.ts'
import type { SessionRows } from '../sessions/session-rows.ts'
import { heardInRow } from './heard-in-row.ts'
import type { HeardRows } from './heard-rows.ts'
import type { Heard, HeardFrom } from './types.ts'

/** Where mail came from, and of which session. */
interface Mail {
  readonly place: Place
  readonly sourceSessionId: string
}

function mailOf({ origin, sourceSessionId }: NewInbound): readonly Mail[] {
  return origin === null || sourceSessionId === undefined
    ? []
    : [{ place: origin, sourceSessionId }]
}

/** Who has been heard, in the central database. */
export function createHeard(
  store: CentralStore,
  deps: { readonly rows: HeardRows; readonly sessions: Pick<SessionRows, 'find'> },
): Heard {
  const { rows, sessions } = deps
  const isKnown = (sessionId: string, heard: HeardFrom): Promise<boolean> =>
    store.readCached(`heard:${sessionId}:${placeKey(heard.place)}:${heard.userId}`, () =>
      rows.has(sessionId, heard),
    )
  /** Members of the sending agent count as nobody: it may speak for them. */
  const withMail = async ({ place, sourceSessionId }: Mail): Promise<readonly HeardFrom[]> => {
    const strangers = await store.readCached(`strangers:${sourceSessionId}`, () => {
      const source = sessions.find(sourceSessionId)
      // Of a session that is not there nothing is known: anybody may have spoken to it.
      return source === undefined ? [''] : rows.strangers(source.id, source.agentGroupId)
    })
    return strangers.map((userId) => ({ place, userId }))
  }

  return {
    async note(session, inbound) {
      const mail = await Promise.all(inbound.flatMap(mailOf).map(withMail))
      const heard = [...inbound.flatMap(heardInRow), ...mail.flat()]
      const known = await Promise.all(heard.map((each) => isKnown(session.id, each)))
      const fresh = heard.filter((_, index) => known[index] === false)
      if (fresh.length > 0) await store.write('heard', 'note', session.id, fresh)
    },
    list: (sessionId) => store.read(() => rows.all(sessionId)),
    isOpen(session) {
      const isShared = session.key === sessionKeys.agentShared(session.agentGroupId)
      return store.readCached(`open:${session.id}`, () => rows.isOpen(session, isShared))
    },
    clear: (sessionId, keep = [], by = 'operator') =>
      store.write('heard', 'clear', sessionId, keep, by),
  }
}
