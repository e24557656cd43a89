import type { ChatWords, Mailbox } from '@nanoclaw/core'

const atOnce = 400

/**
 * Ends all that waits for an agent which has been deleted: nobody will answer it, and who waits in a
 * chat is told. What is told is sent like everything that stands in the ledger.
 */
export async function endRows(
  mailbox: Pick<Mailbox, 'pending' | 'paused' | 'end'>,
  chatWords: ChatWords | undefined,
): Promise<void> {
  for (;;) {
    const rows = [...(await mailbox.pending(atOnce)), ...(await mailbox.paused(atOnce))]
    if (rows.length === 0) return
    await mailbox.end(
      rows.map(({ id }) => id),
      'failed',
      chatWords,
    )
  }
}
