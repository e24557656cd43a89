import type { Author } from '@nanoclaw/adapters'
import type { PendingRow } from '@nanoclaw/core'
import type { Origin } from '@nanoclaw/schema'
import type { Channels } from '../channels/channels.ts'

/** Shows, where the channel can, that the agent is at work on rows. A courtesy: failing is fine. */
export function showTyping(channels: Channels, rows: readonly PendingRow[], author: Author): void {
  const origins = new Map<string, Origin>()
  for (const { origin } of rows) {
    if (origin !== null) origins.set(JSON.stringify(origin), origin)
  }
  for (const { channelType, channelInstance, platformId, threadId } of origins.values()) {
    const adapter = channels.find(channelType, channelInstance)
    const shown = async (): Promise<void> =>
      adapter?.typing?.({ chatId: platformId, threadId }, author)
    shown().catch(() => undefined)
  }
}
