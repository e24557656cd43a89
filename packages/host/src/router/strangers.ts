import type { InboundEvent } from '@nanoclaw/adapters'
import type { Agent, Chat, Core, LetInEffect } from '@nanoclaw/core'
import { userId, type Account } from '@nanoclaw/schema'
import { writeHeldEvent } from './held-event.ts'
import { createPace } from './pace.ts'
import { harmless, shellWord } from './say-command.ts'

/** A message of somebody who is no member of the agent it is for. */
export interface StrangersEvent {
  readonly chat: Chat
  readonly agentGroupId: string
  readonly account: Account
  readonly event: InboundEvent
  readonly dedupeKey: string
}

/** What becomes of it. `again`: a person has said something meanwhile. */
export type StrangersFate =
  | { readonly fate: 'given' | 'held' | 'known' | 'again' }
  | { readonly fate: 'dropped'; readonly reason: string }

/** What becomes of the messages of strangers, by their chats. */
export type JudgeStranger = (given: StrangersEvent) => Promise<StrangersFate>

/** The operator is told of a chat again after this long. */
const tellAgainMs = 60_000
const mostChats = 50
const longestName = 80

function nameOf({ sender }: InboundEvent): string {
  return harmless(sender.name).slice(0, longestName) || harmless(sender.id).slice(0, longestName)
}

function dropped(reason: string): StrangersFate {
  return { fate: 'dropped', reason }
}

/** Asks a person, and holds the event until they have said something. */
async function ask(core: Core, agent: Agent, given: StrangersEvent): Promise<StrangersFate> {
  const { chat, account, event, dedupeKey } = given
  if (event.type !== 'message' && event.type !== 'edit') {
    return dropped('the sender is no member of the agent')
  }
  const user = userId(account)
  const name = nameOf(event)
  const effect = { ...account, name, agentGroupId: agent.id } satisfies LetInEffect
  const asked = await core.approvals.request({
    action: 'unknown_sender',
    agentGroupId: agent.id,
    effect,
    summary: `${name} (${user}) wants to talk to ${agent.name}`,
    reason: `they wrote in ${chat.name}, where nobody knows them; a yes makes them a member of ${agent.name}`,
    requestKey: JSON.stringify(['unknown-sender', agent.id, user]),
    mayRecur: true,
    onUserId: user,
  })
  if (asked.outcome === 'denied') return dropped(asked.reason)
  // The policy of this action is never to allow.
  if (asked.outcome === 'allowed') return dropped('the sender is no member of the agent')
  const { id, status } = asked.approval
  if (status === 'rejected') return dropped('somebody has said no to the sender')
  if (status === 'approved') {
    // Whoever does so may not have come to it.
    await core.held.letIn(id)
    return { fate: 'again' }
  }
  const held = await core.held.hold({
    approvalId: id,
    messagingGroupId: chat.id,
    userId: user,
    dedupeKey,
    event: writeHeldEvent(event),
  })
  if (held === 'full') return dropped('too many messages of the sender wait for a person’s word')
  return { fate: held === 'late' ? 'again' : held }
}

/** By what each chat says of unknown senders. */
export function createStrangers(core: Core): JudgeStranger {
  const mayTell = createPace(core.clock, { everyMs: tellAgainMs, atMost: mostChats })

  async function tell(agent: Agent, { chat, account, event }: StrangersEvent, why: string) {
    if (!mayTell(chat.id)) return
    const user = userId(account)
    const letIn = `nanoclaw users add ${shellWord(user)} --role member --agent ${agent.folder}`
    const letAll = `nanoclaw chats set ${chat.id} --unknown-senders public`
    await core.incidents.open({
      kind: 'unknown-sender',
      subject: chat.id,
      agentGroupId: agent.id,
      message:
        `${nameOf(event)} (${harmless(user)}) wrote to ${agent.name} in ${chat.name} and is no member of it: ${why}. ` +
        `To let them in: ${letIn}. To let in whoever writes there: ${letAll}`,
    })
  }

  return async (given) => {
    const { chat, agentGroupId } = given
    if (chat.unknownSenders === 'public') return { fate: 'given' }
    const agent = await core.agents.get(agentGroupId)
    if (agent === undefined) return dropped('the agent is gone')
    if (chat.unknownSenders === 'request_approval') {
      const fate = await ask(core, agent, given)
      if (fate.fate === 'dropped') await tell(agent, given, fate.reason)
      return fate
    }
    await tell(agent, given, 'nothing was given to it')
    return dropped('the sender is no member of the agent')
  }
}
