import type { ChatWords, Delivery, Mailbox, PendingRow } from '@nanoclaw/core'
import { originKey, type Origin } from '@nanoclaw/schema'

/** What it takes to tell people that they cannot be answered now. */
export interface UnansweredDeps {
  readonly mailbox: Pick<Mailbox, 'tellUnanswered'>
  /** Undefined: nothing is said in chats. */
  readonly words: ChatWords | undefined
  /** Rows that want an answer now. */
  due(): readonly PendingRow[]
  /** The host's own messages, to be sent. */
  onSaid(said: readonly Delivery[]): void
}

/**
 * Makes what tells everybody whose message waits that it cannot be answered now: once per place and
 * thread, however often it is called, until one of their messages has been answered (L12).
 */
export function createUnanswered(deps: UnansweredDeps): () => Promise<void> {
  const { mailbox, words, due, onSaid } = deps
  return async () => {
    const origins = new Map<string, Origin>()
    for (const { origin } of due()) if (origin !== null) origins.set(originKey(origin), origin)
    if (words === undefined || origins.size === 0) return
    onSaid(await mailbox.tellUnanswered([...origins.values()], words.waiting))
  }
}
