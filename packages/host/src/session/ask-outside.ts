import { outsideWhenRequest, type Agent, type Approval, type Core } from '@nanoclaw/core'
import type { Delivery, Mailbox, Session } from '@nanoclaw/core'
import { causeOf } from '../actions/cause.ts'
import type { GoingMeaning } from '../delivery/interpret-row.ts'
import { nameOfPlace } from './name-of-place.ts'

/** Whose messages these are. */
export interface AskOutsideDeps {
  readonly core: Core
  readonly agent: Agent
  readonly session: Session
  readonly mailbox: Mailbox
}

/**
 * Asks a person whether one message may go where a grant for members does not let it. Undefined: one
 * has let it out. Else why it does not go now, for the agent. What is let out is that row, with what it
 * says, and nothing else; it needs a grant all the same.
 */
export async function askOutside(
  { core, agent, session, mailbox }: AskOutsideDeps,
  delivery: Delivery,
  meaning: Exclude<GoingMeaning, { readonly type: 'action' }>,
  reason: string,
): Promise<string | undefined> {
  const { place: target, operation } = meaning
  const { id: messageOutId, inReplyTo, threadId, kind, content } = delivery
  const message = { agentGroupId: agent.id, sessionId: session.id, messageOutId, target, operation }
  // Asked apart from all that no person has to do with: that answer is remembered.
  const verdict = await core.destinations.authorize(message)
  if (verdict.allowed) return undefined
  const destination = await nameOfPlace(core, agent.id, target)
  const cause = await causeOf(mailbox, inReplyTo)
  const request = await core.approvals.request({
    ...outsideWhenRequest({ ...message, threadId, kind, content }),
    summary: `${agent.name} wants to write to ${destination}`,
    reason:
      'somebody who is no member has spoken to this session, and the destination is for members',
    onUserId: cause.userId,
    onMessageId: cause.messageId,
  })
  if (request.outcome === 'denied') return `${reason}; nobody is asked: ${request.reason}`
  if (request.outcome === 'allowed') return reason
  const { status, id } = request.approval
  if (status === 'pending') {
    return `${reason}; a person is asked to let it through (request ${id}), and you will be told what becomes of it; do not send it again`
  }
  return `${reason}; a person was asked to let it through, and that is ${status}`
}

/** The message that a person has let out. Undefined for what is none. */
export function letOutMessage({ effect, sessionId }: Approval) {
  const parsed: unknown = JSON.parse(effect)
  const id: unknown =
    typeof parsed === 'object' && parsed !== null ? Reflect.get(parsed, 'messageOutId') : undefined
  return typeof id === 'string' && sessionId !== null ? { sessionId, messageOutId: id } : undefined
}
