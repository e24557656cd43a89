import type { Agent, Approval, Core, Mailbox, Session } from '@nanoclaw/core'
import { NanoclawError } from '@nanoclaw/schema'
import type { Doubt } from '../delivery/delivery-deps.ts'
import { askedKind } from '../delivery/open-questions.ts'

/** Whose message it is. */
export interface AskInDoubtDeps {
  readonly core: Pick<Core, 'approvals' | 'incidents'>
  readonly agent: Agent
  readonly session: Session
  readonly mailbox: Pick<Mailbox, 'delivery'>
}

const action = 'ambiguous_delivery'

function keyOf(session: Session, messageOutId: string): string {
  return JSON.stringify([action, session.id, messageOutId])
}

/** What whoever has the command line reads. */
export function questionOf(messageOutId: string, { what, reason }: Doubt): string {
  return (
    `nobody can say whether ${what} arrived (${reason}); look there, then run ` +
    `"nanoclaw deliveries --settle ${messageOutId} delivered|failed", ` +
    `or "nanoclaw requeue ${messageOutId}" to send it again`
  )
}

/**
 * Asks in chat, as the policy of `ambiguous_delivery` says, whether a message is to be sent again that
 * may have arrived; whoever runs the host is told by an incident in any case.
 */
export async function askInDoubt(
  { core, agent, session, mailbox }: AskInDoubtDeps,
  messageOutId: string,
  { what, reason }: Doubt,
): Promise<void> {
  const delivery = await mailbox.delivery(messageOutId)
  if (delivery === undefined) {
    throw new NanoclawError('not-found', `no message is called ${messageOutId}`)
  }
  const { channelType, channelInstance, platformId, threadId, kind, content } = delivery
  await core.approvals.request({
    ...{ action, agentGroupId: agent.id, requestKey: keyOf(session, messageOutId), mayRecur: true },
    effect: {
      approved: 'it is sent again, and may stand there twice',
      rejected: 'it is not sent again, and counts as delivered',
      ...{ sessionId: session.id, messageOutId },
      place: { channelType, channelInstance, platformId },
      ...{ threadId, kind, content },
    },
    summary: `send ${what} again? Nobody can say whether it arrived; look there first`,
    reason,
  })
}

/** Somebody else knows, or has decided. */
export async function answerInDoubt(
  { core, session }: Pick<AskInDoubtDeps, 'core' | 'session'>,
  messageOutId: string,
): Promise<void> {
  await core.incidents.resolve(askedKind, messageOutId)
  await core.approvals.withdraw(keyOf(session, messageOutId), 'it was answered elsewhere')
}

/** The message that a request of this kind is about. Undefined for what names none. */
export function messageInDoubt({ effect }: Approval) {
  const parsed: unknown = JSON.parse(effect)
  const read = (name: string): unknown =>
    typeof parsed === 'object' && parsed !== null ? Reflect.get(parsed, name) : undefined
  const [sessionId, messageOutId] = [read('sessionId'), read('messageOutId')]
  const isRead = typeof sessionId === 'string' && typeof messageOutId === 'string'
  return isRead ? { sessionId, messageOutId } : undefined
}
