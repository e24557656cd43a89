import type { ConformanceHarness, PlatformFault } from '@nanoclaw/adapters/testing'
import { createParrotAdapter } from '../src/index.ts'
import { startParrot } from './parrot/server.ts'
import type { ParrotFault } from './parrot/world.ts'

const CHAT = 'lobby'

const faults: Record<Exclude<PlatformFault, 'gone'>, ParrotFault> = {
  refuse: 'unavailable',
  'rate-limit': 'slow-down',
  'lose-answer': 'cut-after',
  hang: 'silence',
}

/** An adapter, and a Parrot of its own that does what the suite asks for. */
export async function parrotHarness(): Promise<ConformanceHarness> {
  const parrot = await startParrot()
  const { url, world } = parrot
  const said: string[] = []
  return {
    adapter: createParrotAdapter({ url, token: world.token ?? '' }, { instance: 'test' }),
    origin: { chatId: CHAT, threadId: null },
    platform: {
      echoes: true,
      async sendMessage({ text, senderName }) {
        const id = world.say({ chat: CHAT, text, ...(senderName && { name: senderName }) })
        said.push(id)
        return id
      },
      received: () =>
        world.posts
          .filter(({ from }) => from.bot)
          .map(({ id, chat, thread, text }) => {
            return { chatId: chat, threadId: thread, text, platformMessageId: id }
          }),
      confirmed: () => said.filter((id) => world.seqOf(id) <= world.confirmed),
      redeliver: async () => parrot.cutConnections(),
      fail(fault) {
        if (fault === 'gone') world.remove(CHAT)
        else world.faults.push(faults[fault])
      },
      setReachable: (reachable) => parrot.setReachable(reachable),
    },
    dispose: () => parrot.close(),
  }
}
