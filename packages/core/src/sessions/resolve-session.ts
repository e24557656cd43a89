import { sessionKeys, timestamp } from '@nanoclaw/schema'
import { sessions } from '@nanoclaw/schema/drizzle'
import type { AgentStatements } from '../agents/agents.ts'
import type { CentralStore } from '../central/central-store.ts'
import { present } from '../central/narrow.ts'
import type { ChatStatements } from '../chats/chats.ts'
import type { SessionStatements } from './session-rows.ts'
import type { ResolvedSession, Session, SessionRequest } from './types.ts'

/** What resolving a session needs. */
export interface ResolveDeps {
  readonly store: CentralStore
  readonly agents: AgentStatements
  readonly chats: ChatStatements
  readonly rows: SessionStatements
}

type SessionIdentity = Pick<Session, 'key' | 'agentGroupId' | 'messagingGroupId' | 'threadId'>

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

function insertSession(deps: ResolveDeps, identity: SessionIdentity): Session {
  const { store, agents, chats, rows } = deps
  agents.require(identity.agentGroupId)
  if (identity.messagingGroupId !== null) chats.require(identity.messagingGroupId)
  const id = store.ids.next('sess')
  const now = timestamp(store.clock)
  store.orm
    .insert(sessions)
    .values({ id, ...identity, createdAt: now, oldestAt: now })
    .run()
  return present(rows.find(id), 'the session')
}

/**
 * The active session of a key, made where there is none. Concurrent calls, of other processes
 * too, give one session: the second look and the insert are one immediate transaction.
 */
export async function resolveSessionRow(
  deps: ResolveDeps,
  request: SessionRequest,
): Promise<ResolvedSession> {
  const { store, rows } = deps
  const identity = sessionIdentity(request)
  const known = await store.readCached(`session:${identity.key}`, () =>
    rows.findActive(identity.key),
  )
  if (known !== undefined) return { session: known, created: false }
  return store.write('full', () => {
    const found = rows.findActive(identity.key)
    if (found !== undefined) return { session: found, created: false }
    return { session: insertSession(deps, identity), created: true }
  })
}
