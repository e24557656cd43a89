// A host in a process of its own, to be killed: its home, the journal mode and the window of the
// platform's idempotency keys (ms) are its arguments; the far side is whoever has started it.
import { runner } from '@nanoclaw/container-runtime'
import { createCore, type Core } from '@nanoclaw/core'
import { createHost, createProcessDriver, createReaderProcess } from '@nanoclaw/host'
import { createFarAdapter } from './far-adapter.ts'
import type { FromHost, ToHost } from './wire.ts'

const [home = '', journal = 'wal', windowMs = '0'] = process.argv.slice(2)
const mode = journal === 'delete' ? 'delete' : 'wal'

function send(message: FromHost): void {
  // The far side may be gone; then this process is about to be, too.
  process.send?.(message, undefined, undefined, () => undefined)
}

async function ensureChat(core: Core, agentGroupId: string, chat: string): Promise<void> {
  const place = { channelType: 'far', channelInstance: '', platformId: chat }
  const { id } =
    (await core.chats.find(place)) ?? (await core.chats.create({ ...place, name: chat }))
  const wired = (await core.wirings.list()).some(({ messagingGroupId }) => messagingGroupId === id)
  if (!wired) await core.wirings.create({ agentGroupId, messagingGroupId: id })
}

const core = await createCore({ home, journal: mode })
const agent = (await core.agents.list())[0] ?? (await core.agents.create({ name: 'Ada' }))
await core.people.add({
  channelType: 'far',
  channelInstance: '',
  handle: 'ann',
  role: { role: 'member' },
})
const far = createFarAdapter(Number(windowMs), send)
const log = (details: object, message: string) => console.error(message, JSON.stringify(details))
const quiet = (): void => undefined
const logger = { debug: quiet, info: quiet, warn: log, error: log }
const reader = createReaderProcess({ layout: core.layout, journal: mode, logger })
const host = createHost({
  core,
  adapters: [far.adapter],
  driver: (deps) => ({
    ...createProcessDriver(deps),
    capabilities: { sharedKernel: mode === 'wal', isolation: 'none' },
  }),
  reader,
  runner,
  logger,
  settings: { timezone: 'UTC', graceMs: 5_000, retryBaseMs: 50 },
})

async function obey(message: ToHost): Promise<void> {
  if (message.type === 'make-chat') {
    await ensureChat(core, agent.id, message.chat)
    send({ type: 'chat-made', chat: message.chat, offset: await far.offset(message.chat) })
  }
  if (message.type === 'await-quiet') {
    for (const { id } of await core.chats.list()) await host.whenQuiet(id)
    send({ type: 'quiet' })
  }
  if (message.type === 'stop') {
    await host.stop()
    await reader.stop()
    await core.close()
    process.disconnect()
  }
}

await host.start()
process.on('message', (message: ToHost) => {
  far.receive(message)
  void obey(message)
})
send({ type: 'ready', agent: agent.id })
