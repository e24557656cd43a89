import { sessionKeys } from '@nanoclaw/schema'
import type { CentralStore } from '../central/central-store.ts'
import type { SessionRows } from './session-rows.ts'
import type { SessionIdentity } from './session-writes.ts'
import type { ResolvedSession, SessionRequest } from './types.ts'

/** What makes a session this one and no other (session protocol §9). */
export function sessionIdentity(request: SessionRequest): SessionIdentity {
  const { agentGroupId } = request
  const none = { agentGroupId, messagingGroupId: null, threadId: null }
  switch (request.sessionMode) {
    case 'shared': {
      const { messagingGroupId } = request
      return { ...none, messagingGroupId, key: sessionKeys.shared(agentGroupId, messagingGroupId) }
    }
    case 'per-thread': {
      const { messagingGroupId, threadId } = request
      const key = sessionKeys.perThread(agentGroupId, messagingGroupId, threadId)
      return { agentGroupId, messagingGroupId, threadId, key }
    }
    case 'agent-shared':
      return { ...none, key: sessionKeys.agentShared(agentGroupId) }
    case 'mail':
      return { ...none, key: sessionKeys.mail(agentGroupId) }
    case 'task':
      return { ...none, key: sessionKeys.task(agentGroupId, request.scheduleId) }
  }
}

/**
 * The active session of a key, made where there is none. Concurrent calls, of other processes
 * too, give one session.
 */
export async function resolveSessionRow(
  store: CentralStore,
  rows: SessionRows,
  request: SessionRequest,
): Promise<ResolvedSession> {
  const identity = sessionIdentity(request)
  const known = await store.readCached(`session:${identity.key}`, () =>
    rows.findActive(identity.key),
  )
  if (known !== undefined) return { session: known, created: false }
  return store.write('sessions', 'resolve', identity)
}
