import { createMemoryAdapter } from '@nanoclaw/adapters/memory'
import { createCore } from '@nanoclaw/core'
import { createHost, createProcessDriver } from '@nanoclaw/host'

const core = await createCore({ home: process.argv[2] ?? 'nanoclaw-home' })
const agent = await core.agents.create({ name: 'Ada', provider: 'word-count' })
const chat = await core.chats.create({ channelType: 'memory', platformId: 'room', name: 'Room' })
await core.wirings.create({ agentGroupId: agent.id, messagingGroupId: chat.id })
const memory = createMemoryAdapter()
const driver = createProcessDriver({ runFolder: core.layout.run })
const runner = { folder: import.meta.dirname, entry: 'runner.ts' }
const host = createHost({ core, adapters: [memory], driver, runner })
await host.start()
await memory.receive({ chatId: 'room', text: 'how many words are these' })
await host.whenQuiet(chat.id)
console.log(memory.delivered.map(({ text }) => text)) // [ '5 words' ]
for (const part of [host, core]) await part[Symbol.asyncDispose]()
