import { timestamp } from '@nanoclaw/schema/plain'
import type { AgentRows } from '../agents/agent-rows.ts'
import { present } from '../central/narrow.ts'
import type { WriteTools } from '../central/write-tools.ts'
import type { ChatRows } from '../chats/chat-rows.ts'
import { findCeiling } from '../events/event-writes.ts'
import type { KnownStamps } from '../events/stamps.ts'
import type { SessionRows } from './session-rows.ts'
import type { ContainerStatus, ResolvedSession, Session } from './types.ts'

/** What writing of sessions needs. */
export interface SessionWriteDeps {
  readonly tools: WriteTools
  readonly agents: AgentRows
  readonly chats: ChatRows
  readonly rows: SessionRows
}

/** What makes a session this one and no other. */
export type SessionIdentity = Pick<
  Session,
  'key' | 'agentGroupId' | 'messagingGroupId' | 'threadId'
>

function insertSession(deps: SessionWriteDeps, identity: SessionIdentity): Session {
  const { tools, agents, chats, rows } = deps
  agents.require(identity.agentGroupId)
  if (identity.messagingGroupId !== null) chats.require(identity.messagingGroupId)
  const id = tools.ids.next('sess')
  tools.sql.insertSession().run({ id, ...identity, createdAt: timestamp(tools.clock) })
  return present(rows.find(id), 'the session')
}

/** What is written of sessions. */
export function sessionWrites(deps: SessionWriteDeps) {
  const { tools, rows } = deps
  /** No event that there is has a larger stamp: where others have given more, none above theirs. */
  const lastOf = (known: KnownStamps): number => {
    const found = findCeiling(tools)
    return found > known.ceiling ? found : known.last
  }
  return {
    /** The second look and the insert are one transaction. */
    resolve(identity: SessionIdentity): ResolvedSession {
      const found = rows.findActive(identity.key)
      if (found !== undefined) return { session: found, created: false }
      return { session: insertSession(deps, identity), created: true }
    },
    setDue: (sessionId: string, at: string, known: KnownStamps): void =>
      rows.setDue(sessionId, at, lastOf(known)),
    clearDue: (sessionId: string, known: KnownStamps): void =>
      rows.setDue(sessionId, null, lastOf(known)),
    /** Whether it was not so already. */
    ensureDue(sessionId: string, at: string): boolean {
      if (rows.isAnnounced(sessionId, at)) return false
      rows.announce(sessionId, at)
      return true
    },
    beginEpoch: (sessionId: string): number => rows.beginEpoch(sessionId),
    setContainerStatus: (sessionId: string, status: ContainerStatus): void =>
      rows.setContainerStatus(sessionId, status),
    touch: (sessionId: string): void => rows.setLastActive(sessionId, timestamp(tools.clock)),
  }
}
