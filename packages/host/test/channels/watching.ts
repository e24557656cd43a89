import type { AdapterContext, ChannelAdapter, ChannelHealth } from '@nanoclaw/adapters'
import { createMemoryAdapter } from '@nanoclaw/adapters/memory'
import type { Core } from '@nanoclaw/core'
import { createMemoryCore } from '@nanoclaw/core/testing'
import { onTestFinished } from 'vitest'
import { createChannelWatch } from '../../src/channels/channel-watch.ts'
import { createChannels } from '../../src/channels/channels.ts'
import { keepingLogger } from '../keeping-logger.ts'

/** In milliseconds. */
export const minute = 60_000
const settings = {
  channelDownMs: 5 * minute,
  channelRestartMs: 5 * minute,
  channelSilentMs: 60 * minute,
  deliveryTimeoutMs: 1_000,
}
const lookMs = 30_000

const context = {
  clock: { now: () => '2026-01-31T12:00:00.000Z' },
  healthChanged: () => undefined,
  signal: new AbortController().signal,
} as Partial<AdapterContext> as AdapterContext

/** A channel that is as a test says; it counts its starts. */
export function played(instance = '') {
  const memory = createMemoryAdapter({ instance })
  const calls: string[] = []
  let health: ChannelHealth = { state: 'connected', since: 'then' }
  const adapter: ChannelAdapter = Object.assign(memory, {
    start: async () => void calls.push('start'),
    stop: async () => void calls.push('stop'),
    health: () => health,
  })
  const become = (next: Partial<ChannelHealth>) => (health = { ...health, ...next })
  const starts = () => calls.filter((call) => call === 'start').length
  return { adapter, calls, become, starts }
}

/** A watch over these, on a clock that only `pass` and `standStill` move. */
export async function watchOver(
  adapters: readonly ChannelAdapter[],
  given: { core?: Core; change?: Partial<typeof settings> } = {},
) {
  const core = given.core ?? (await createMemoryCore())
  if (given.core === undefined) onTestFinished(() => core.close())
  const { logger, lines, next } = keepingLogger()
  const channels = createChannels(adapters, { logger })
  await channels.start(() => context)
  let now = 0
  const watch = createChannelWatch({
    channels,
    incidents: core.incidents,
    settings: { ...settings, ...given.change },
    logger,
    random: () => 0.5,
    now: () => now,
  })
  /** Looks as often as a watch does in that time; every restart has ended then. */
  const pass = async (ms: number): Promise<void> => {
    for (const end = now + ms; now < end;) {
      now = Math.min(now + lookMs, end)
      await watch.look()
      await new Promise(setImmediate)
    }
  }
  const standStill = (ms: number) => (now += ms)
  const open = async () =>
    (await core.incidents.list({ open: true })).map(({ subject, message }) => ({
      subject,
      message,
    }))
  return { core, channels, watch, pass, standStill, open, lines, next }
}
