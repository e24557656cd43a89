import type { ChannelAdapter, HandOverResult, InboundEvent } from '@nanoclaw/adapters'
import type { Core, Logger, OutboundReader } from '@nanoclaw/core'
import { NanoclawError } from '@nanoclaw/schema'
import { createAdapterContext } from './channels/adapter-context.ts'
import { createChannels } from './channels/channels.ts'
import type { RunnerProgram, SessionDriver } from './drivers/port.ts'
import { routeEvent } from './router/route-event.ts'
import type { Quiet } from './session/quiet-watch.ts'
import { createSessionRoom } from './session/session-room.ts'
import { Slots } from './session/slots.ts'
import { defaultSettings, type HostSettings } from './settings.ts'

/** What a host is made of. All of it is the caller's to make, and, but for `stop`, to close. */
export interface HostOptions {
  readonly core: Core
  /** Started by `start`, stopped by `stop`. */
  readonly adapters: readonly ChannelAdapter[]
  readonly driver: SessionDriver
  readonly reader: OutboundReader
  /** The runner that is put into containers: `runnerFolder` of `@nanoclaw/container-runtime`. */
  readonly runner: RunnerProgram
  readonly logger: Logger
  /** What is left out is as in `defaultSettings`. */
  readonly settings?: Partial<HostSettings>
  /** 0 to 1; default `Math.random`. For the jitter of back-offs. */
  readonly random?: () => number
}

/** How a host stands. */
export interface HostStatus {
  readonly driver: string
  readonly containers: number
  readonly maxContainers: number
  /** Sessions that wait for a container because all slots are taken. */
  readonly waitingForContainer: number
  /** Sessions that something goes on in. */
  readonly awakeSessions: number
  readonly channels: readonly {
    readonly channelType: string
    readonly instance: string
    readonly state: 'connected' | 'degraded' | 'down'
    readonly since: string
    readonly why?: string | undefined
  }[]
}

/** A running system: channels, sessions, containers. */
export interface Host {
  /**
   * Ends containers that a dead daemon left, starts the adapters, wakes what is due. Rejects with
   * the error of an adapter that waiting cannot mend.
   */
  start(): Promise<void>
  /** Takes nothing new, gives running turns their grace, finishes what is being sent. */
  stop(): Promise<void>
  /**
   * Resolves when every row of a chat has ended, and all that was said in answer; at once if that
   * is so. Rejects with the signal's reason when it aborts.
   */
  whenQuiet(messagingGroupId: string, signal?: AbortSignal): Promise<Quiet>
  /**
   * Lifts a session's quarantine: its incident is resolved, and what waits in it goes on. False
   * when it is in none. To be called when its outbound folder has been looked at.
   */
  release(sessionId: string): Promise<boolean>
  status(): HostStatus
  [Symbol.asyncDispose](): Promise<void>
}

/** Ends what a dead daemon has left running. */
async function endLeftOvers(driver: SessionDriver): Promise<void> {
  for (let left = await driver.list(); left.length > 0; left = await driver.list()) {
    await Promise.all(left.map((info) => driver.end(info)))
  }
}

/** Composes router, deliveries, scheduler and containers over a core. Starts nothing. */
export function createHost(options: HostOptions): Host {
  const { core, driver, logger } = options
  const settings = { ...defaultSettings(), ...options.settings }
  const channels = createChannels(options.adapters)
  const slots = new Slots(settings.maxContainers)
  const sessions = createSessionRoom({ ...options, settings, channels, slots })
  const shutdown = new AbortController()
  const handingOver = new Set<Promise<unknown>>()
  let ticker: NodeJS.Timeout | undefined
  let unsubscribe: (() => void) | undefined

  const handOver = async (
    adapter: ChannelAdapter,
    event: InboundEvent,
  ): Promise<HandOverResult> => {
    if (shutdown.signal.aborted) {
      throw new NanoclawError('closed', 'the host is stopping; hand it over again when it is back')
    }
    const routing = routeEvent({ core, append: sessions.append }, adapter, event)
    handingOver.add(routing)
    return routing.finally(() => handingOver.delete(routing))
  }

  const start = async (): Promise<void> => {
    await Promise.all([endLeftOvers(driver), options.reader.ready?.(), sessions.prepare()])
    unsubscribe = core.destinations.onChange((agentGroupId) =>
      sessions.addressBookChanged(agentGroupId),
    )
    await channels.start((adapter) =>
      createAdapterContext({
        core,
        adapter,
        logger,
        signal: shutdown.signal,
        handOver: (event) => handOver(adapter, event),
        healthChanged: () => sessions.channelChanged(adapter),
      }),
    )
    sessions.start()
    ticker = setInterval(() => sessions.tick(), settings.tickMs)
  }

  const stop = async (): Promise<void> => {
    shutdown.abort()
    clearInterval(ticker)
    unsubscribe?.()
    await Promise.allSettled(handingOver)
    await sessions.stop()
    await channels.stop()
    await driver.stop()
  }

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

  const { whenQuiet, release } = sessions
  return { start, stop, status, whenQuiet, release, [Symbol.asyncDispose]: stop }
}
