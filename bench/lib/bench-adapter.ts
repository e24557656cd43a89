import { randomUUID } from 'node:crypto'
import type { AdapterContext, ChannelAdapter, HandOverResult } from '@nanoclaw/adapters'

/** A platform that takes everything at once and remembers nothing, so that only ours is measured. */
export interface BenchAdapter extends ChannelAdapter {
  /** Somebody writes in a chat; resolves when the host has confirmed it. */
  receive(chatId: string, text: string): Promise<HandOverResult>
  /** Called with each message when it arrives at the platform. */
  onDeliver: (chatId: string) => void
}

const sender = { id: 'ann', name: 'Ann', isBot: false, isSelf: false }

/** The channel of the benchmarks: `bench`. */
export function createBenchAdapter(): BenchAdapter {
  let context: AdapterContext | undefined
  let next = 0
  // As a platform does, it gives no id twice, whatever starts anew here.
  const line = randomUUID().slice(0, 8)
  const since = new Date().toISOString()
  const stop = async (): Promise<void> => {
    context = undefined
  }
  const adapter: BenchAdapter = {
    channelType: 'bench',
    instance: '',
    capabilities: {
      threads: false,
      edits: false,
      reactions: false,
      buttons: false,
      cards: false,
      typing: false,
      files: false,
      textLength: 4_000,
      markdown: 'commonmark',
      idempotency: { windowMs: 300_000 },
      history: false,
      deliveryReceipts: false,
    },
    start: async (ctx) => {
      context = ctx
    },
    stop,
    [Symbol.asyncDispose]: stop,
    health: () => ({ state: context === undefined ? 'down' : 'connected', since }),
    deliver: async ({ chatId }) => {
      adapter.onDeliver(chatId)
      next += 1
      return { status: 'sent', platformMessageId: `sent-${line}-${next}` }
    },
    receive: async (chatId, text) => {
      if (context === undefined) throw new Error('the bench adapter is not started')
      next += 1
      return await context.handOver({
        type: 'message',
        instance: '',
        chatId,
        threadId: null,
        chatKind: 'direct',
        addressed: 'direct',
        sender,
        platformMessageId: `platform-${line}-${next}`,
        sentAt: new Date().toISOString(),
        text,
        attachments: [],
      })
    },
    onDeliver: () => undefined,
  }
  return adapter
}
