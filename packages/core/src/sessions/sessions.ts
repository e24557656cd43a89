import { isTimestamp, NanoclawError, sessionKeys } from '@nanoclaw/schema'
import { sessions } from '@nanoclaw/schema/drizzle'
import { and, asc, eq, inArray, or, type SQL } from 'drizzle-orm'
import { insertion } from '../central/insertion-order.ts'
import type { CentralStore } from '../central/central-store.ts'
import type { EventLog } from '../events/event-log.ts'
import type { WiringStatements } from '../wirings/wiring-rows.ts'
import { toSession, type SessionStatements } from './session-rows.ts'
import type { Sessions } from './types.ts'

function assertTimestamp(at: string): void {
  if (isTimestamp(at)) return
  throw new NanoclawError(
    'bad-option',
    `expected a moment such as 2026-01-31T12:00:00.000Z, got ${JSON.stringify(at)}`,
  )
}

/** Sessions in the central database. */
export function createSessions(
  store: CentralStore,
  rows: SessionStatements,
  wirings: WiringStatements,
  log: EventLog,
): Sessions {
  const select = (where: SQL | undefined) =>
    store.orm.select().from(sessions).where(where).orderBy(asc(insertion)).all().map(toSession)
  return {
    get: (id) => store.read(() => rows.find(id)),
    list: ({ agentGroupId, messagingGroupId } = {}) =>
      store.read(() =>
        select(
          and(
            agentGroupId === undefined ? undefined : eq(sessions.agentGroupId, agentGroupId),
            messagingGroupId === undefined
              ? undefined
              : eq(sessions.messagingGroupId, messagingGroupId),
          ),
        ),
      ),
    forChat: (messagingGroupId) =>
      store.read(() => {
        const agentShared = wirings
          .forChat(messagingGroupId)
          .filter((wiring) => wiring.sessionMode === 'agent-shared')
          .map((wiring) => sessionKeys.agentShared(wiring.agentGroupId))
        const own = eq(sessions.messagingGroupId, messagingGroupId)
        const fed = or(own, inArray(sessions.key, agentShared))
        return select(and(eq(sessions.status, 'active'), fed))
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
    running: () => store.read(() => select(eq(sessions.containerStatus, 'running'))),
  }
}
