import type { Mailbox } from '@nanoclaw/core'

/** How far the sending of a message is. */
export interface SentParts {
  /** Parts that have arrived, from the first on. */
  readonly count: number
  /** The platform's id of part 0, if it has told one. */
  readonly platformMessageId: string | undefined
}

/** Of a message that nobody has begun to send. */
export const nothingSent: SentParts = { count: 0, platformMessageId: undefined }

/** What it is after part `part` has arrived. */
export function afterPart(
  { platformMessageId }: SentParts,
  part: number,
  partId: string | undefined,
): SentParts {
  return { count: part + 1, platformMessageId: part === 0 ? partId : platformMessageId }
}

/** What an earlier try, perhaps of an earlier process, has got across. */
export async function readSentParts(mailbox: Mailbox, messageOutId: string): Promise<SentParts> {
  const parts = await mailbox.parts(messageOutId)
  const missing = parts.findIndex(({ part, status }, at) => part !== at || status !== 'delivered')
  const count = missing === -1 ? parts.length : missing
  const id = count > 0 ? parts[0]?.platformMessageId : undefined
  return { count, platformMessageId: id ?? undefined }
}
