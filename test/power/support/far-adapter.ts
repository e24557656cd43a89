import type {
  AdapterContext,
  ChannelAdapter,
  DeliverOptions,
  Origin,
  OutboundPart,
} from '@nanoclaw/adapters'
import { UnknownOutcomeError } from '@nanoclaw/adapters'
import type { FromHost, ToHost } from './wire.ts'

/** An adapter whose platform is the process that started this one. */
export interface FarAdapter {
  readonly adapter: ChannelAdapter
  /** What the far side says to the adapter. */
  receive(message: ToHost): void
  /** The number of the last message of a chat that was confirmed, as the adapter has kept it. */
  offset(chat: string): Promise<number>
}

/** `windowMs` 0: the platform knows no keys. */
export function createFarAdapter(windowMs: number, send: (message: FromHost) => void): FarAdapter {
  const calls = new Map<number, (platformMessageId: string) => void>()
  let context: AdapterContext | undefined
  let count = 0

  const started = (): AdapterContext => {
    if (context === undefined) throw new Error('expected the adapter to be started')
    return context
  }

  async function handOver(chat: string, id: string, text: string): Promise<void> {
    const { handOver: give, state, clock } = started()
    const { outcome } = await give({
      type: 'message',
      instance: '',
      chatId: chat,
      threadId: null,
      chatKind: 'direct',
      addressed: 'direct',
      sender: { id: 'ann', name: 'Ann', isBot: false, isSelf: false },
      platformMessageId: id,
      sentAt: clock.now(),
      text,
      attachments: [],
    })
    await state.set(`offset:${chat}`, id.slice(id.lastIndexOf('-') + 1))
    send({ type: 'confirmed', id, outcome })
  }

  function deliver(
    origin: Origin,
    part: OutboundPart,
    { key, signal }: DeliverOptions,
  ): Promise<string> {
    count += 1
    const call = count
    return new Promise((resolve, reject) => {
      calls.set(call, resolve)
      signal.addEventListener('abort', () => reject(new UnknownOutcomeError('aborted')))
      const text = part.type === 'text' ? part.text : `[${part.type}]`
      send({ type: 'deliver', call, chat: origin.chatId, key, text })
    })
  }

  // In order within a chat, as every platform hands over.
  const queues = new Map<string, Promise<void>>()

  return {
    adapter: {
      channelType: 'far',
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
        markdown: 'none',
        idempotency: windowMs === 0 ? 'none' : { windowMs },
        history: false,
        deliveryReceipts: false,
      },
      start: async (ctx) => void (context = ctx),
      stop: async () => void (context = undefined),
      deliver: async (...call) => ({ status: 'sent', platformMessageId: await deliver(...call) }),
      health: () => ({ state: 'connected', since: new Date(0).toISOString() }),
    },
    receive(message) {
      if (message.type === 'shown') calls.get(message.call)?.(message.platformMessageId)
      if (message.type !== 'say') return
      const { chat, id, text } = message
      const before = queues.get(chat) ?? Promise.resolve()
      // What is not confirmed is handed over again by the far side.
      queues.set(
        chat,
        before.then(() => handOver(chat, id, text)).catch(() => undefined),
      )
    },
    offset: async (chat) => Number((await started().state.get(`offset:${chat}`)) ?? 0),
  }
}
