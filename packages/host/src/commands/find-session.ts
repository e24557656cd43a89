import type { Core, Session, Wiring } from '@nanoclaw/core'
import { sessionKeys } from '@nanoclaw/schema'

/** The conversation that a message of a thread would go to, where there is one. */
export async function findSession(
  core: Pick<Core, 'sessions'>,
  wiring: Wiring,
  threadId: string | null,
): Promise<Session | undefined> {
  const { agentGroupId, messagingGroupId, sessionMode } = wiring
  const keys = {
    shared: () => sessionKeys.shared(agentGroupId, messagingGroupId),
    'per-thread': () => sessionKeys.perThread(agentGroupId, messagingGroupId, threadId),
    'agent-shared': () => sessionKeys.agentShared(agentGroupId),
  }
  const key = keys[sessionMode]()
  const sessions = await core.sessions.forChat(messagingGroupId)
  return sessions.find((session) => session.key === key)
}
