import type { PendingRow } from '@nanoclaw/core'
import type { Origin } from '@nanoclaw/schema'
import type { Channels } from '../channels/channels.ts'

/** Shows, where the channel can, that an answer is being worked on. A courtesy: failing is fine. */
export function showTyping(channels: Channels, rows: readonly PendingRow[]): void {
  const origins = new Map<string, Origin>()
  for (const { origin } of rows) {
    if (origin !== null) origins.set(JSON.stringify(origin), origin)
  }
  for (const { channelType, channelInstance, platformId, threadId } of origins.values()) {
    const adapter = channels.find(channelType, channelInstance)
    adapter?.typing?.({ chatId: platformId, threadId }).catch(() => undefined)
  }
}
