import {
  RetryableDeliveryError,
  TerminalDeliveryError,
  type ChannelAdapter,
  type InboundAttachment,
} from '../../src/index.ts'
import {
  createMemoryAdapter,
  type MemoryAdapter,
  type MemoryAdapterOptions,
  type MemoryEventInput,
  type MemoryFault,
} from '../../src/memory.ts'
import {
  RATE_LIMIT_MS,
  type ConformanceHarness,
  type PlatformFault,
  type PlatformFile,
  type PlatformMessage,
} from '../../src/testing.ts'
import { postsOf } from './memory-posts.ts'

const CHAT = 'chat'

/** Stands for the token of a platform that has one. */
export const SECRET = 'xoxb-the-token'

/** What a test changes about the adapter: told whether a process before it has crashed. */
export type Wrap = (memory: MemoryAdapter, restarted: boolean) => ChannelAdapter

const FAULTS: Readonly<Record<PlatformFault, () => MemoryFault>> = {
  refuse: () => new RetryableDeliveryError('connection refused'),
  'rate-limit': () => new RetryableDeliveryError('too fast', { retryAfterMs: RATE_LIMIT_MS }),
  'rate-limit-bare': () => new RetryableDeliveryError('too fast'),
  'server-error': () => 'throw',
  cut: () => 'throw',
  'lose-answer': () => 'take-then-throw',
  hang: () => 'timeout',
  gone: () => new TerminalDeliveryError('The chat is gone.'),
}

/** The memory adapter behind the suite's harness, in a group unless told. */
export function memoryHarness(
  options: MemoryAdapterOptions = {},
  wrap: Wrap = (memory) => memory,
  place: 'direct' | 'group' = 'group',
): ConformanceHarness {
  let aheadMs = 0
  const clock = { now: () => new Date(Date.now() + aheadMs).toISOString() }
  let memory = createMemoryAdapter({ names: { 'the chat': CHAT }, clock, ...options })
  let ids = 0
  let downloads = 0
  const written = new Map<string, MemoryEventInput>()

  const push = (event: MemoryEventInput): void => {
    memory.receive(event).catch(() => undefined)
  }
  const message = (
    given: PlatformMessage,
    more: MemoryEventInput = {},
  ): [string, MemoryEventInput] => {
    const platformMessageId = `in-${(ids += 1)}`
    const event: MemoryEventInput = {
      chatId: CHAT,
      chatKind: place,
      addressed: place === 'direct' ? 'direct' : 'none',
      platformMessageId,
      text: given.text,
      sender: person(given.senderName ?? 'Ann'),
      ...more,
      type: 'message',
    } as const
    written.set(platformMessageId, event)
    return [platformMessageId, event]
  }
  const send = async (given: PlatformMessage, more?: MemoryEventInput): Promise<string> => {
    const [id, event] = message(given, more)
    push(event)
    return id
  }
  const change = async (id: string, event: MemoryEventInput): Promise<void> => {
    const { threadId = null } = written.get(id) ?? {}
    push({
      chatId: CHAT,
      chatKind: place,
      threadId,
      platformMessageId: id,
      addressed: place === 'direct' ? 'direct' : 'none',
      ...event,
    })
  }
  return {
    adapter: wrap(memory, false),
    origin: { chatId: CHAT, threadId: null },
    secrets: [SECRET],
    platform: {
      originName: 'the chat',
      ...(options.echo === true && { echoes: true }),
      sendMessage: send,
      received: () => postsOf(memory.delivered),
      confirmed: () => [...written.keys()].filter((id) => !memory.unconfirmed.includes(id)),
      redeliver: () => memory.redeliver(),
      repeat: async (id) => push(written.get(id) ?? {}),
      sendReordered: async (messages) => {
        const sent = messages.map((one) => message(one))
        for (const [, event] of [...sent].reverse()) push(event)
        return sent.map(([id]) => id)
      },
      restart: () => {
        memory = memory.crash()
        return wrap(memory, true)
      },
      fail: (fault) => memory.failNext(FAULTS[fault]()),
      setReachable: (reachable) => memory.setHealth(reachable ? 'connected' : 'down'),
      breakUpdates: () => memory.setHealth('degraded', 'Nothing comes in. It is tried again.'),
      skipTime: (ms) => void (aheadMs += ms),
      revoke: () => memory.setHealth('down', 'The platform refuses the token: give it a new one.'),
      requests: () => memory.delivered.length + memory.typed.length,
      sendDirect: (given) =>
        send(given, { chatId: 'alone', chatKind: 'direct', addressed: 'direct' }),
      sendAsBot: (given) => send(given, { sender: { ...person('Robot'), isBot: true } }),
      // Memory reads everything; the broken adapter of that test chokes on this.
      sendUnreadable: (text) => change('unreadable', { type: 'edit', text }),
      editMessage: (id, text) => change(id, { type: 'edit', text }),
      deleteMessage: (id) => change(id, { type: 'delete' }),
      react: (to, emoji, removed) => {
        const id = typeof to === 'string' ? to : (to.platformMessageId ?? '')
        return change(id, { type: 'reaction', emoji, removed })
      },
      changeMembership: (done, name) =>
        change(`in-${(ids += 1)}`, { type: 'membership', change: done, member: person(name) }),
      sendFile: (file) =>
        send({ text: '' }, { attachments: [attachment(file, () => (downloads += 1))] }),
      downloads: () => downloads,
      sendReply: (given, to) => {
        const own = typeof to !== 'string'
        const platformMessageId = own ? (to.platformMessageId ?? '') : to
        const addressed = own && place === 'group' ? { addressed: 'reply' as const } : {}
        return send(given, { replyTo: { platformMessageId }, ...addressed })
      },
      sendMention: (given) => send(given, place === 'group' ? { addressed: 'mention' } : {}),
      sendInThread: (given) => send(given, { threadId: 'thread-7' }),
      pressButton: async (post, label) => {
        const asked = memory.delivered.find(
          (one) => one.platformMessageId === post.platformMessageId,
        )?.part
        if (asked?.type !== 'question') throw new Error(`there are no buttons on ${post.text}`)
        const value = asked.buttons.find((button) => button.label === label)?.value ?? ''
        const { questionId } = asked
        await change(post.platformMessageId ?? '', { type: 'button', questionId, value })
      },
      typings: () => memory.typed.length,
      settle: async (post, outcome) => {
        const { key = '' } =
          memory.delivered.find((one) => one.platformMessageId === post.platformMessageId) ?? {}
        const failed = { status: 'failed', reason: 'blocked by the network' } as const
        await memory.settle(key, outcome === 'failed' ? failed : { status: 'delivered' })
      },
    },
  }
}

/** The adapter with some of its methods replaced. */
export function altered(memory: MemoryAdapter, changes: Partial<ChannelAdapter>): ChannelAdapter {
  return {
    channelType: memory.channelType,
    instance: memory.instance,
    capabilities: memory.capabilities,
    start: (ctx) => memory.start(ctx),
    stop: () => memory.stop(),
    deliver: (origin, part, options) => memory.deliver(origin, part, options),
    health: () => memory.health(),
    ...(memory.typing && { typing: memory.typing }),
    ...(memory.resolve && { resolve: memory.resolve }),
    ...(memory.history && { history: memory.history }),
    ...(memory.reconcile && { reconcile: memory.reconcile }),
    [Symbol.asyncDispose]: () => memory.stop(),
    ...changes,
  }
}

function person(name: string) {
  return { id: name, name, isBot: false, isSelf: false }
}

function attachment(file: PlatformFile, count: () => void): InboundAttachment {
  const { name, mime, bytes } = file
  return {
    type: 'file',
    name,
    mime,
    size: bytes.byteLength,
    open: async function* () {
      count()
      yield bytes
    },
  }
}
