import type { Agent } from '../agents/types.ts'
import type { Chat } from '../chats/types.ts'
import type { Core } from '../core.ts'
import type { Session } from '../sessions/types.ts'
import type { Wiring } from '../wirings/types.ts'

/** What one conversation is made of. */
export interface TestConversation {
  readonly agent: Agent
  readonly chat: Chat
  readonly wiring: Wiring
  readonly session: Session
}

/**
 * Makes what most tests begin with: an agent `Max`, a chat of the channel `test`, their wiring, and
 * their session with its address book written. `name` is the chat's name and platform id, default
 * `family`; the agent may write to it under that name. Throws `taken` for a chat that is there.
 */
export async function createConversation(core: Core, name = 'family'): Promise<TestConversation> {
  const agent = await core.agents.create({ name: 'Max' })
  const chat = await core.chats.create({ channelType: 'test', platformId: name, name })
  const { wiring } = await core.wirings.create({
    agentGroupId: agent.id,
    messagingGroupId: chat.id,
  })
  const { session } = await core.resolveSession({ ...wiring, threadId: null })
  await core.writeDestinations(session)
  return { agent, chat, wiring, session }
}
