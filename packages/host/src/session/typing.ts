import type { Author } from '@nanoclaw/adapters'
import type { PendingRow } from '@nanoclaw/core'
import { originKey, type Origin } from '@nanoclaw/schema'
import type { Channels } from '../channels/channels.ts'

/**
 * Shows, where the channel can, that the agent is at work on rows. A courtesy: failing is fine. Most
 * platforms show it for some seconds, so that it is shown again with each look at the session.
 */
export class Typing {
  readonly #channels: Pick<Channels, 'find'>
  readonly #author: Author
  /** Where it is shown, since nothing was due. */
  readonly #shown = new Set<string>()

  constructor(channels: Pick<Channels, 'find'>, author: Author) {
    this.#channels = channels
    this.#author = author
  }

  /** Shows it where these come from, unless it is shown there: a flood of rows costs one call. */
  show(rows: readonly PendingRow[]): void {
    for (const { origin } of rows) {
      if (origin === null) continue
      const key = originKey(origin)
      if (this.#shown.has(key)) continue
      this.#shown.add(key)
      this.#showAt(origin)
    }
  }

  /** The platform forgets it after a while. */
  showAgain(rows: readonly PendingRow[]): void {
    this.#shown.clear()
    this.show(rows)
  }

  /** Nothing is due any more. */
  over(): void {
    this.#shown.clear()
  }

  #showAt({ channelType, channelInstance, platformId, threadId }: Origin): void {
    const adapter = this.#channels.find(channelType, channelInstance)
    if (adapter?.typing === undefined) return
    const typing = adapter.typing.bind(adapter)
    const shown = async (): Promise<void> => typing({ chatId: platformId, threadId }, this.#author)
    shown().catch(() => undefined)
  }
}
