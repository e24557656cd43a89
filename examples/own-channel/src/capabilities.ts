import type { ChannelCapabilities } from '@nanoclaw/adapters'

/** What Pigeon can do, and nothing more. */
export const capabilities: ChannelCapabilities = {
  threads: true,
  edits: true,
  reactions: true,
  buttons: false,
  cards: false,
  typing: false,
  files: false,
  textLength: 2_000,
  markdown: 'none',
  idempotency: { windowMs: 5 * 60_000 },
  history: false,
  deliveryReceipts: false,
}
