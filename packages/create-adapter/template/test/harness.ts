import type { ConformanceHarness, PlatformFault } from '@nanoclaw/adapters/testing'
import { createParrotAdapter } from '../src/index.ts'
import { startParrot } from './parrot/server.ts'
import type { ParrotFault, ParrotLine } from './parrot/world.ts'

const CHAT = 'lobby'

const faults: Record<Exclude<PlatformFault, 'refuse' | 'gone'>, ParrotFault> = {
  'rate-limit': 'slow-down',
  'rate-limit-bare': 'slow-down-bare',
  'server-error': 'unavailable',
  cut: 'cut-before',
  'lose-answer': 'cut-after',
  hang: 'silence',
}

/** An adapter, and a Parrot of its own that does what the suite asks for. */
export async function parrotHarness(): Promise<ConformanceHarness> {
  const server = await startParrot()
  const { url, world } = server
  const options = { url, token: world.token ?? '' }
  const makeAdapter = () => createParrotAdapter(options, { instance: 'test' })
  const said: string[] = []
  const say = (text: string, more: Partial<ParrotLine> = {}): string => {
    const id = world.say({ chat: CHAT, text, ...more })
    said.push(id)
    return id
  }
  let refusesNext = false
  return {
    adapter: makeAdapter(),
    origin: { chatId: CHAT, threadId: null },
    secrets: [options.token],
    // Nothing but the network itself can refuse a connection to one request.
    fetch: async (input, init) => {
      if (!refusesNext || init?.method !== 'POST') return await fetch(input, init)
      refusesNext = false
      const cause = Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' })
      throw new TypeError('fetch failed', { cause })
    },
    platform: {
      sendMessage: async ({ text, senderName }) => say(text, { name: senderName }),
      sendMention: async ({ text }) => say(`@bot ${text}`),
      sendInThread: async ({ text }) => say(text, { thread: 'thread-1' }),
      sendDirect: async ({ text }) => say(text, { chat: 'dm-ann' }),
      sendAsBot: async ({ text }) => say(text, { bot: true }),
      sendUnreadable: async (text) => world.sayUnforeseen(text),
      received: () =>
        world.posts
          .filter(({ from }) => from.id === world.botId)
          .map(({ id, chat, thread, text }) => {
            return { chatId: chat, threadId: thread, text, platformMessageId: id }
          }),
      confirmed: () => said.filter((id) => world.isConfirmed(id)),
      redeliver: async () => server.cutConnections(),
      repeat: async (id) => world.repeat(id),
      restart: makeAdapter,
      echoes: true,
      fail(fault) {
        if (fault === 'gone') world.remove(CHAT)
        else if (fault === 'refuse') refusesNext = true
        else world.faults.push(faults[fault])
      },
      setReachable: (reachable) => server.setReachable(reachable),
      breakUpdates() {
        world.updatesFail = true
        server.cutConnections()
      },
      skipTime: (ms) => void (world.aheadMs += ms),
      revoke: () => void (world.token = undefined),
    },
    dispose: () => server.close(),
  }
}
