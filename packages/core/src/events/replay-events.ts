import { setImmediate as nextTurn } from 'node:timers/promises'
import { errorMessage, isBusy } from '@nanoclaw/schema'
import type { CentralStore } from '../central/central-store.ts'
import { retryBusy } from '../central/retry-busy.ts'
import type { Logger } from '../logger.ts'
import type { MailboxStore } from '../mailbox/mailbox.ts'
import type { SessionWithEvents } from './central-events.ts'
import { toStamped, type EventLog } from './event-log.ts'
import { mergeEvents, type OpenEvents, type OpenSource } from './merge-events.ts'
import type { StampedEvent } from './types.ts'

/** What reading the events of a home needs. */
export interface ReplayDeps {
  readonly store: CentralStore
  readonly log: EventLog
  readonly mailboxes: MailboxStore
  readonly logger: Logger
}

/** The loop is let go at least so often. */
const longestTurnMs = 8

const nothing: OpenSource = { read: async () => [], close: async () => undefined }

/**
 * What the databases know of the events above `after` and up to `upTo`, in order. A session whose
 * files cannot be read is passed over, with an error in the log: those of all
 * others would wait for it else.
 */
export async function* replayEvents(
  deps: ReplayDeps,
  range: { readonly after: number; readonly upTo: number; readonly signal: AbortSignal },
): AsyncGenerator<StampedEvent, void, undefined> {
  const { store, log } = deps
  const sessions = await store.read(() => log.statements.sessionsAfter(range.after))
  const incidents: OpenEvents = async () => ({
    read: (after, limit) => store.read(() => log.statements.incidentsAfter(after, limit)),
    close: async () => undefined,
  })
  let turnBegan = performance.now()
  const paced = async (open: () => Promise<OpenSource>): Promise<OpenSource> => {
    if (performance.now() - turnBegan > longestTurnMs) {
      await nextTurn()
      turnBegan = performance.now()
    }
    range.signal.throwIfAborted()
    return open()
  }
  const sources = sessions.map(
    (session): OpenEvents =>
      () =>
        paced(() => openSession(deps, session)),
  )
  yield* mergeEvents([incidents, ...sources], range)
}

async function openSession(deps: ReplayDeps, session: SessionWithEvents): Promise<OpenSource> {
  const { agentGroupId, sessionId } = session
  const release = deps.log.hold()
  const passOver = (error: unknown): void => {
    if (isBusy(error)) throw error
    deps.logger.error(
      { agentGroupId, sessionId, error: errorMessage(error) },
      'the events of a session cannot be read; subscribers are not told of them',
    )
  }
  try {
    const mailbox = await retryBusy(() => deps.mailboxes.open(agentGroupId, sessionId))
    return {
      async read(after, limit) {
        try {
          const events = await retryBusy(() => mailbox.events(after, limit))
          return events.map((event) => toStamped(event, agentGroupId, sessionId))
        } catch (error) {
          passOver(error)
          return []
        }
      },
      async close() {
        await mailbox.close()
        release()
      },
    }
  } catch (error) {
    release()
    passOver(error)
    return nothing
  }
}
