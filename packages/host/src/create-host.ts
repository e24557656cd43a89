import { access } from 'node:fs/promises'
import { join } from 'node:path'
import type {
  AdapterContext,
  ChannelAdapter,
  HandOverResult,
  InboundEvent,
} from '@nanoclaw/adapters'
import { NanoclawError } from '@nanoclaw/schema'
import { createAdapterContext } from './channels/adapter-context.ts'
import { createChannels } from './channels/channels.ts'
import { unlessAborted } from './deadline.ts'
import type { RunnerProgram, SessionDriver } from './drivers/port.ts'
import type { Host, HostOptions, HostStatus } from './host.ts'
import { createLifecycle } from './lifecycle.ts'
import { createReaderProcess } from './reader/reader-process.ts'
import { routeEvent } from './router/route-event.ts'
import { createSessionRoom } from './session/session-room.ts'
import { Slots } from './session/slots.ts'
import { defaultSettings } from './settings.ts'
import { silentLogger } from './silent-logger.ts'
import { createTelemetry } from './telemetry/telemetry.ts'

/** Ends what a dead process has left running. */
async function endLeftOvers(driver: SessionDriver, signal: AbortSignal): Promise<void> {
  for (let left = await driver.list(); left.length > 0; left = await driver.list()) {
    await Promise.all(left.map((info) => driver.end(info)))
    signal.throwIfAborted()
  }
}

/** A runner that is not there would only be found by the first message, which then waits. */
async function checkRunner({ folder, entry }: RunnerProgram): Promise<void> {
  const path = join(folder, entry)
  try {
    await access(path)
  } catch (cause) {
    const advice = 'in a program that is bundled, give the folder of the package in node_modules'
    throw new NanoclawError('bad-option', `there is no runner at ${path}; ${advice}`, { cause })
  }
}

/** The options with what they leave out. */
function completed(options: HostOptions) {
  const { core, runner, logger = silentLogger } = options
  const runFolder = join(core.layout.run, 'containers')
  const driver =
    typeof options.driver === 'function' ? options.driver({ runFolder }) : options.driver
  const journal = driver.capabilities.sharedKernel ? 'wal' : 'delete'
  return {
    core,
    driver,
    logger,
    reader: options.reader ?? createReaderProcess({ layout: core.layout, logger, journal }),
    isReaderOurs: options.reader === undefined,
    runner: { ...runner, node: runner.node ?? process.execPath },
    settings: { ...defaultSettings(), ...options.settings },
    fetch: options.fetch ?? globalThis.fetch,
    random: options.random ?? Math.random,
  }
}

/**
 * Composes router, deliveries, scheduler and containers over a core. Starts nothing.
 * @throws NanoclawError `bad-option` for two adapters of one channel type and instance.
 */
export function createHost(options: HostOptions): Host {
  const parts = completed(options)
  const { core, driver, reader, settings } = parts
  const channels = createChannels(options.adapters)
  const slots = new Slots(settings.maxContainers)
  const telemetry = createTelemetry(core.installId)
  const sessions = createSessionRoom({ ...parts, channels, slots, telemetry })
  const underWay = new Set<Promise<unknown>>()
  const undo: (() => void)[] = []

  const follow = <T>(work: Promise<T>): Promise<T> => {
    underWay.add(work)
    return work.finally(() => underWay.delete(work))
  }
  const handOver = async (
    adapter: ChannelAdapter,
    event: InboundEvent,
  ): Promise<HandOverResult> => {
    lifecycle.signal.throwIfAborted()
    const routing = telemetry.handOver(adapter, (trace) => {
      const append: typeof sessions.append = async (session, rows) => {
        const appended = await sessions.append(session, rows, trace.context)
        trace.appended(session, appended)
        return appended
      }
      return routeEvent({ core, append }, adapter, event)
    })
    return follow(routing)
  }
  const contextFor = (adapter: ChannelAdapter): AdapterContext =>
    createAdapterContext({
      core,
      adapter,
      logger: parts.logger,
      fetch: parts.fetch,
      signal: lifecycle.signal,
      handOver: (event) => handOver(adapter, event),
      healthChanged: () => sessions.channelChanged(adapter),
    })

  const begin = async (signal: AbortSignal): Promise<void> => {
    const prepared = [
      checkRunner(parts.runner),
      follow(endLeftOvers(driver, signal)),
      reader.ready?.() ?? Promise.resolve(),
      sessions.prepare(),
    ]
    await unlessAborted(Promise.all(prepared), signal)
    undo.push(core.destinations.onChange((id) => sessions.addressBookChanged(id)))
    await unlessAborted(channels.start(contextFor), signal)
    undo.push(telemetry.watch(status))
    sessions.start()
    const ticker = setInterval(() => sessions.tick(), settings.tickMs)
    undo.push(() => clearInterval(ticker))
  }
  const end = async (): Promise<void> => {
    for (const step of undo) step()
    await Promise.allSettled(underWay)
    await sessions.stop()
    await channels.stop()
    await driver.stop()
    if (parts.isReaderOurs) await reader.stop()
  }
  // What the host does goes on when the span that was active when it was started has ended.
  const lifecycle = createLifecycle({
    begin: (signal) => telemetry.detached(() => begin(signal)),
    end,
  })

  const status = (): HostStatus => ({
    driver: driver.name,
    containers: slots.inUse,
    maxContainers: settings.maxContainers,
    waitingForContainer: slots.waiting,
    awakeSessions: sessions.awake,
    channels: channels.list().map((adapter) => {
      const { state, since, why } = adapter.health()
      return { channelType: adapter.channelType, instance: adapter.instance, state, since, why }
    }),
  })

  const { start, stop } = lifecycle
  const { whenQuiet, release } = sessions
  return { start, stop, status, whenQuiet, release, [Symbol.asyncDispose]: stop }
}
