import { access } from 'node:fs/promises'
import { join } from 'node:path'
import type { AdapterContext, ChannelAdapter } from '@nanoclaw/adapters'
import { NanoclawError } from '@nanoclaw/schema'
import { createAdapterContext } from './channels/adapter-context.ts'
import { createChannels } from './channels/channels.ts'
import { completeSettings } from './complete-settings.ts'
import { eitherSignal, unlessAborted } from './deadline.ts'
import type { RunnerProgram, SessionDriver } from './drivers/port.ts'
import type { ChannelStatus, Host, HostOptions, HostStatus } from './host.ts'
import { createLifecycle } from './lifecycle.ts'
import { createReaderProcess } from './reader/reader-process.ts'
import { createHandOver } from './router/hand-over.ts'
import { createSessionRoom } from './session/session-room.ts'
import { Slots } from './session/slots.ts'
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
    const advice = 'build it, or, in a program that is bundled, name the installed package’s folder'
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
    settings: completeSettings(options.settings),
    fetch: options.fetch ?? globalThis.fetch,
    random: options.random ?? Math.random,
  }
}

/** Ends one after the other, whatever becomes of those before; rejects with the first failure. */
async function endAll(steps: readonly (() => Promise<void>)[]): Promise<void> {
  const failures: unknown[] = []
  for (const step of steps) await step().catch((error: unknown) => failures.push(error))
  if (failures.length > 0) throw failures[0]
}

function channelStatus(adapter: ChannelAdapter): ChannelStatus {
  const { channelType, instance } = adapter
  const { state, since, why } = adapter.health()
  return { channelType, instance, state, since, why }
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
  const telemetry = createTelemetry()
  const sessions = createSessionRoom({
    ...parts,
    channels,
    slots,
    telemetry,
    onChange: () => telemetry.load(load()),
  })
  const load = () => ({
    awakeSessions: sessions.awake,
    containers: slots.inUse,
    waitingForContainer: slots.waiting,
  })
  const handOver = createHandOver({ core, sessions, telemetry })
  const undo: (() => void)[] = []
  let endingLeftOvers: Promise<void> | undefined

  const contextFor = (adapter: ChannelAdapter): AdapterContext =>
    createAdapterContext({
      core,
      adapter,
      logger: parts.logger,
      fetch: parts.fetch,
      signal: lifecycle.signal,
      handOver: (event) => handOver.take(adapter, event, lifecycle.signal),
      healthChanged: () => sessions.channelChanged(adapter),
    })

  const begin = async (signal: AbortSignal): Promise<void> => {
    endingLeftOvers = endLeftOvers(driver, signal)
    const prepared = [
      checkRunner(parts.runner),
      endingLeftOvers,
      reader.ready?.() ?? Promise.resolve(),
      sessions.prepare(),
    ]
    await unlessAborted(Promise.all(prepared), signal)
    undo.push(core.destinations.onChange((id) => sessions.addressBookChanged(id)))
    await unlessAborted(channels.start(contextFor), signal)
    sessions.start()
    const ticker = setInterval(() => sessions.tick(), settings.tickMs)
    undo.push(() => clearInterval(ticker))
  }
  const end = async (): Promise<void> => {
    for (const step of undo) step()
    await Promise.allSettled([endingLeftOvers, handOver.settled()])
    await endAll([
      () => sessions.stop(),
      () => channels.stop(),
      () => driver.stop(),
      () => (parts.isReaderOurs ? reader.stop() : Promise.resolve()),
    ]).finally(() => telemetry.load(load()))
  }
  // What the host does goes on when the span that was active when it was started has ended.
  const lifecycle = createLifecycle({
    begin: (signal) => telemetry.detached(() => begin(signal)),
    end,
  })

  const status = (): HostStatus => ({
    driver: driver.name,
    ...load(),
    maxContainers: settings.maxContainers,
    channels: channels.list().map(channelStatus),
  })

  const { start, stop } = lifecycle
  return {
    start,
    stop,
    status,
    whenQuiet: (messagingGroupId, signal) =>
      sessions.whenQuiet(messagingGroupId, eitherSignal(lifecycle.signal, signal)),
    release: sessions.release,
    [Symbol.asyncDispose]: stop,
  }
}
