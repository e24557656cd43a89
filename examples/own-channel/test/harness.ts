import type { ConformanceHarness, PlatformFault, PlatformPost } from '@nanoclaw/adapters/testing'
import { startPigeon, type Fault } from '../pigeon/server.ts'
import { bot, type Post, type World, type Writing } from '../pigeon/world.ts'
import { createPigeonAdapter } from '../src/pigeon-adapter.ts'

const ann = { id: 'u-Ann', name: 'Ann', bot: false }

/** What Pigeon plays itself; the harness's `fetch` and the world do the rest. */
const faults: Partial<Record<PlatformFault, Fault>> = {
  'rate-limit': 'slow-down',
  'rate-limit-bare': 'slow-down-somehow',
  'server-error': 'trouble',
  cut: 'cut',
  'lose-answer': 'lose-answer',
  hang: 'hang',
}

/** A fresh adapter, and a Pigeon of its own that does what the suite asks for. */
export async function makeHarness(): Promise<ConformanceHarness> {
  const pigeon = await startPigeon()
  const { url, token, world } = pigeon
  const kitchen = world.addRoom('kitchen', 'group')
  const make = () => createPigeonAdapter({ url, token }, { instance: 'test' })
  const wire = createWire()
  let reaching = Promise.resolve()
  const write = async (roomId: string, writing: Writing): Promise<string> =>
    world.write(roomId, writing).message.id
  return {
    adapter: make(),
    origin: { chatId: kitchen.id, threadId: null },
    secrets: [token],
    fetch: wire.fetch,
    platform: {
      echoes: true,
      originName: kitchen.name,
      sendMessage: (message) => write(kitchen.id, message),
      sendMention: ({ text, senderName }) =>
        write(kitchen.id, { text: `@${bot.name} ${text}`, senderName }),
      sendReply: (message, to) => write(kitchen.id, { ...message, replyTo: idOf(to) }),
      sendInThread: (message) => write(kitchen.id, { ...message, thread: 'thread-1' }),
      sendDirect: (message) => write(world.addRoom('Ann', 'direct').id, message),
      sendElsewhere: (message) => write(world.addRoom('garden', 'group').id, message),
      sendAsBot: (message) => write(kitchen.id, { ...message, asBot: true }),
      // A kind of room of which Pigeon's documentation says nothing.
      sendUnreadable: async (text) => void world.write(world.addRoom('roof', 'stage').id, { text }),
      editMessage: async (id, text) => void world.rewrite(id, text),
      react: async (to, emoji, removed) => void world.react(idOf(to), emoji, ann, removed),
      received: () =>
        world.posts.filter(({ from }) => from.id === bot.id).map((post) => toPost(world, post)),
      confirmed: () =>
        world.history
          .filter(({ type, offset }) => type === 'message' && offset <= world.confirmedOffset)
          .map(({ message }) => message.id),
      redeliver: async () => wire.cut(),
      // The last update comes again with the next one: here the bot's own, which nobody is told of.
      repeat: async (id) => void world.react(id, '🔁', bot),
      restart: make,
      fail(fault) {
        const own = faults[fault]
        if (own !== undefined) pigeon.failNext(own)
        if (fault === 'refuse') wire.refuseNextSend()
        if (fault === 'gone') world.removeRoom(kitchen.id)
      },
      setReachable(reachable) {
        reaching = reaching.then(() => pigeon.setReachable(reachable))
      },
      breakUpdates: () => wire.breakUpdates(),
      revoke() {
        pigeon.revoke()
        wire.cut()
      },
      skipTime: (ms) => void (world.skewMs += ms),
    },
    async dispose() {
      await reaching
      await pigeon.close()
    },
  }
}

function idOf(to: string | PlatformPost): string {
  return typeof to === 'string' ? to : (to.platformMessageId ?? '')
}

function toPost(world: World, { id, room, thread, text, version, reactions }: Post): PlatformPost {
  // A post shows an emoji once, however often it was put there.
  const reacted = world.history.filter(
    ({ type, from, message }) => type === 'reaction' && from.id === bot.id && message.id === id,
  )
  const changes = version - 1 + reacted.length
  return { chatId: room.id, threadId: thread, platformMessageId: id, text, reactions, changes }
}

/** The network between the adapter and Pigeon, and what goes wrong there. */
function createWire() {
  let isRefusing = false
  let isBroken = false
  let polls = new AbortController()
  const cut = (): void => {
    polls.abort(new TypeError('fetch failed'))
    polls = new AbortController()
  }
  return {
    /** Cuts the requests that wait for updates. */
    cut,
    refuseNextSend: () => void (isRefusing = true),
    /** From now on every request for updates is answered by a 500. */
    breakUpdates(): void {
      isBroken = true
      cut()
    },
    fetch: async (input: Parameters<typeof fetch>[0], init: RequestInit = {}) => {
      const { pathname } = new URL(String(input))
      // A connection that is kept for the next request may die just when that is made.
      const headers = new Headers(init.headers)
      headers.set('connection', 'close')
      const isSend = init.method !== 'GET' && pathname !== '/v1/updates/confirm'
      if (isSend && isRefusing) {
        isRefusing = false
        return await fetch('http://127.0.0.1:2/', init) // nobody listens there
      }
      if (pathname !== '/v1/updates') return await fetch(input, { ...init, headers })
      if (isBroken) return Response.json({}, { status: 500 })
      const signal = AbortSignal.any([polls.signal, ...(init.signal ? [init.signal] : [])])
      return await fetch(input, { ...init, headers, signal })
    },
  }
}
