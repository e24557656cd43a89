import { createTestContext } from '@nanoclaw/adapters/testing'
import { startPigeon } from './pigeon/server.ts'
import { adapter as definition } from './src/index.ts'

const pigeon = await startPigeon()
const { url, token, world } = pigeon
const kitchen = world.addRoom('kitchen', 'group')
const adapter = definition.create({ url, token }, { instance: '' })
const host = createTestContext()
await adapter.start(host.ctx)

world.write(kitchen.id, { text: 'hello, Pigeon' })
const { chatId, threadId } = await host.waitForEvent(1)
await adapter.deliver(
  { chatId, threadId },
  { type: 'text', text: 'hello, Ann' },
  {
    key: 'aaaaaaaaaaaaaaaaaaaaaaaa',
    signal: AbortSignal.timeout(10_000),
    author: { id: 'greeter', name: 'Greeter' },
  },
)
const shown = world.posts.map(({ from, text }) => `${from.name}: ${text}`)
console.log(shown) // [ 'Ann: hello, Pigeon', 'Bot: hello, Ann' ]

await adapter.stop()
await pigeon.close()
