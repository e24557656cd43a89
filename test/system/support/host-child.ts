import { createInterface } from 'node:readline'
import { createMemoryAdapter } from '@nanoclaw/adapters/memory'
import { runner } from '@nanoclaw/container-runtime'
import { createCore } from '@nanoclaw/core'
import { createHost, createProcessDriver } from '@nanoclaw/host'

/**
 * A host in a process of its own, with short deadlines. Each line that it is given is said in its
 * chat; it answers with one line of JSON: all that was delivered, how often a container was started,
 * and which incidents are open.
 */
const [home = ''] = process.argv.slice(2)
const core = await createCore({ home })
const agent = await core.agents.create({ name: 'Ada' })
await core.people.add({
  channelType: 'memory',
  channelInstance: '',
  handle: 'ann',
  role: { role: 'member' },
})
const chat = await core.chats.create({ channelType: 'memory', platformId: 'room', name: 'room' })
await core.wirings.create({ agentGroupId: agent.id, messagingGroupId: chat.id })
const memory = createMemoryAdapter()
const settings = { tickMs: 50, heartbeatMs: 4_000, busyMs: 500, deliveryTimeoutMs: 1_000 }
const host = createHost({ core, adapters: [memory], driver: createProcessDriver, runner, settings })
await host.start()
process.stdout.write('ready\n')
for await (const text of createInterface({ input: process.stdin })) {
  await memory.receive({ chatId: 'room', text })
  await host.whenQuiet(chat.id)
  const [session] = await core.sessions.list()
  const incidents = await core.incidents.list({ open: true })
  const said = memory.delivered.map((delivery) => delivery.text)
  const kinds = incidents.map(({ kind }) => kind)
  process.stdout.write(`${JSON.stringify({ said, epoch: session?.epoch, incidents: kinds })}\n`)
}
await host.stop()
await core.close()
