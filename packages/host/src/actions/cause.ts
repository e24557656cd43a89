import type { InboundRecord, Mailbox } from '@nanoclaw/core'
import { agentChannelType, userId } from '@nanoclaw/schema'

/** On whose message something is asked for. */
export interface Cause {
  readonly messageId: string | null
  readonly userId: string | null
}

/** Rows that an agent may be at; more are not looked through. */
const mostPending = 100

function toCause(row: InboundRecord | undefined): Cause {
  const { origin, senderId } = row ?? {}
  const isMail = origin?.channelType === agentChannelType
  if (row === undefined || !origin || typeof senderId !== 'string' || isMail) {
    return { messageId: row?.id ?? null, userId: null }
  }
  const { channelType, channelInstance } = origin
  return { messageId: row.id, userId: userId({ channelType, channelInstance, handle: senderId }) }
}

/**
 * The message that led to an action. The container says which; it is believed only of one that is
 * being answered now, else the last of those is taken: nobody can name another in their place whose
 * message has long been answered.
 */
export async function causeOf(
  mailbox: Pick<Mailbox, 'inbound' | 'pending'>,
  inReplyTo: string | null,
): Promise<Cause> {
  const named = inReplyTo === null ? undefined : await mailbox.inbound(inReplyTo)
  if (named?.status === 'pending') return toCause(named)
  const pending = await mailbox.pending(mostPending)
  const last = pending.findLast(({ trigger, origin }) => trigger && origin !== null)
  return toCause(last && (await mailbox.inbound(last.id)))
}
