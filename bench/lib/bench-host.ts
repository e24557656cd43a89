import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createMemoryAdapter, type MemoryAdapter } from '@nanoclaw/adapters/memory'
import { runner } from '@nanoclaw/container-runtime'
import { createCore, type Core, type Logger, type Mailbox } from '@nanoclaw/core'
import { createHost, type SessionDriver } from '@nanoclaw/host'

const chatId = 'bench'

const logger: Logger = {
  debug: () => undefined,
  info: () => undefined,
  warn: (details, message) => process.stderr.write(`warn: ${message} ${JSON.stringify(details)}\n`),
  error: (details, message) =>
    process.stderr.write(`error: ${message} ${JSON.stringify(details)}\n`),
}

/** A whole host on a home of its own, and the moment at which each delivery is committed. */
export interface BenchHost {
  readonly home: string
  readonly memory: MemoryAdapter
  /** Hands a text over; resolves when its answer is committed as `delivered`. */
  roundTrip(text: string): Promise<void>
  stop(): Promise<void>
}

/** Passes everything on, and says when a delivery has been committed as `delivered`. */
function watched(mailbox: Mailbox, onDelivered: () => void): Mailbox {
  return {
    ...mailbox,
    settle: async (...args) => {
      const delivery = await mailbox.settle(...args)
      if (delivery.status === 'delivered') onDelivered()
      return delivery
    },
  }
}

/** Starts a host with one agent, one chat and the memory adapter. */
export async function startBenchHost(
  createDriver: (deps: { runFolder: string; logger: Logger }) => SessionDriver,
): Promise<BenchHost> {
  const home = await mkdtemp(join(tmpdir(), 'nanoclaw-bench-'))
  const core = await createCore({ home, logger })
  const agent = await core.agents.create({ name: 'Ada' })
  const place = { channelType: 'memory', channelInstance: '', platformId: chatId }
  const chat = await core.chats.create({ ...place, name: 'bench' })
  await core.wirings.create({ agentGroupId: agent.id, messagingGroupId: chat.id })
  let onDelivered = (): void => undefined
  const watchedCore: Core = {
    ...core,
    mailboxes: {
      ...core.mailboxes,
      open: async (...args) => watched(await core.mailboxes.open(...args), () => onDelivered()),
    },
  }
  const memory = createMemoryAdapter()
  const driver = createDriver({ runFolder: join(core.layout.run, 'containers'), logger })
  const host = createHost({ core: watchedCore, adapters: [memory], driver, runner, logger })
  await host.start()
  return {
    home,
    memory,
    roundTrip: async (text) => {
      const { promise, resolve } = Promise.withResolvers<void>()
      onDelivered = resolve
      await memory.receive({ chatId, text })
      await promise
    },
    stop: async () => {
      await host.stop()
      await core.close()
      await rm(home, { recursive: true, force: true })
    },
  }
}
