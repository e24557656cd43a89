import { isTimestamp, NanoclawError, sessionKeys } from '@nanoclaw/schema'
import { setImmediate as nextTurn } from 'node:timers/promises'
import type { CentralStore } from '../central/central-store.ts'
import type { EventLog } from '../events/event-log.ts'
import type { WiringRows } from '../wirings/wiring-rows.ts'
import { inOrder, type ListedSession, type SessionRows } from './session-rows.ts'
import type { Session, Sessions } from './types.ts'

function assertTimestamp(at: string): void {
  if (isTimestamp(at)) return
  throw new NanoclawError(
    'bad-option',
    `expected a moment such as 2026-01-31T12:00:00.000Z, got ${JSON.stringify(at)}`,
  )
}

/** The loop is let go after so many rows. */
const pageSize = 250

type Filter = Parameters<Sessions['list']>[0]

/** Page by page: one after the other was made, so that none is left out and none comes twice. */
async function listSessions(store: CentralStore, filter: Filter = {}): Promise<Session[]> {
  const { sql } = store
  const { agentGroupId, messagingGroupId } = filter
  const page = (after: number): ListedSession[] => {
    const from = { after, limit: pageSize }
    if (messagingGroupId !== undefined)
      return sql.sessionsOfChat().all({ ...from, messagingGroupId })
    if (agentGroupId !== undefined) return sql.sessionsOfAgent().all({ ...from, agentGroupId })
    return sql.sessionsPage().all(from)
  }
  const found: Session[] = []
  for (let after = 0; ; await nextTurn()) {
    const rows = await store.read(() => page(after))
    const wanted = rows.filter((row) => [undefined, row.agentGroupId].includes(agentGroupId))
    found.push(...inOrder(wanted))
    const last = rows.at(-1)
    if (last === undefined || rows.length < pageSize) return found
    after = last.insertion
  }
}

/** Sessions in the central database. */
export function createSessions(
  store: CentralStore,
  rows: SessionRows,
  wirings: WiringRows,
  log: EventLog,
): Sessions {
  const { sql } = store
  return {
    get: (id) => store.read(() => rows.find(id)),
    list: (filter) => listSessions(store, filter),
    forChat: (messagingGroupId) =>
      store.read(() => {
        const shared = wirings
          .forChat(messagingGroupId)
          .filter((wiring) => wiring.sessionMode === 'agent-shared')
          .map((wiring) => sessionKeys.agentShared(wiring.agentGroupId))
          .map((key) => sql.sessionByKey().get({ key }))
          .filter((row) => row !== undefined)
        const fed = [...sql.activeOfChat().all({ messagingGroupId }), ...shared]
        return inOrder([...new Map(fed.map((row) => [row.id, row])).values()])
      }),
    async due(now, limit) {
      assertTimestamp(now)
      return store.read(() => rows.due(now, limit))
    },
    async nextDueAt(after) {
      assertTimestamp(after)
      return store.read(() => rows.nextDueAt(after))
    },
    async setDue(sessionId, at) {
      if (at !== null) assertTimestamp(at)
      await log.unmarking(sessionId, (known) =>
        at === null
          ? store.write('sessions', 'clearDue', sessionId, known)
          : store.write('sessions', 'setDue', sessionId, at, known),
      )
    },
    async ensureDue(sessionId, at) {
      assertTimestamp(at)
      return log.marking(sessionId, async () => {
        if (await store.read(() => rows.isAnnounced(sessionId, at))) return false
        return store.write('sessions', 'ensureDue', sessionId, at)
      })
    },
    beginEpoch: (sessionId) => store.write('sessions', 'beginEpoch', sessionId),
    setContainerStatus: (sessionId, status) =>
      store.write('sessions', 'setContainerStatus', sessionId, status),
    touch: (sessionId) => store.write('sessions', 'touch', sessionId),
    running: () => store.read(() => inOrder(sql.runningSessions().all())),
  }
}
