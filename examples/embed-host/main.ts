import { createMemoryAdapter } from '@nanoclaw/adapters/memory'
import { runner } from '@nanoclaw/container-runtime'
import { createCore } from '@nanoclaw/core'
import { createHost, createProcessDriver } from '@nanoclaw/host'

const core = await createCore({ home: 'nanoclaw-home' })
if ((await core.agents.list()).length === 0) {
  const agent = await core.agents.create({ name: 'Ada' })
  const place = { channelType: 'memory', platformId: 'room' }
  const chat = await core.chats.create({ ...place, name: 'room', unknownSenders: 'public' })
  await core.wirings.create({ agentGroupId: agent.id, messagingGroupId: chat.id })
}
const memory = createMemoryAdapter()
const host = createHost({ core, adapters: [memory], driver: createProcessDriver, runner })
await host.start()
await memory.receive({ chatId: 'room', text: 'hello' })
console.log((await memory.waitForDelivery(1)).text) // echo: hello
await host.stop()
await core.close()
