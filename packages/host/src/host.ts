import type { ChannelAdapter, HandOverResult, InboundEvent } from '@nanoclaw/adapters'
import type { Core, Logger, OutboundReader, Session } from '@nanoclaw/core'
import { errorMessage, NanoclawError, type Place } from '@nanoclaw/schema'
import { createAdapterContext } from './channels/adapter-context.ts'
import { createChannels } from './channels/channels.ts'
import type { RunnerProgram, SessionDriver } from './drivers/port.ts'
import { routeEvent } from './router/route-event.ts'
import { createScheduler } from './scheduler.ts'
import { ActorRegistry } from './session/actor-registry.ts'
import { SessionActor } from './session/session-actor.ts'
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
  whenQuiet(messagingGroupId: string, signal?: AbortSignal): Promise<void>
  status(): HostStatus
  [Symbol.asyncDispose](): Promise<void>
}

/** Composes router, deliveries, scheduler and containers over a core. Starts nothing. */
export function createHost(options: HostOptions): Host {
  const { core, driver, logger } = options
  const settings = { ...defaultSettings(), ...options.settings }
  const channels = createChannels(options.adapters)
  const slots = new Slots(settings.maxContainers)
  const quarantined = new Set<string>()
  const listeners = new Set<() => void>()
  const shutdown = new AbortController()
  let stopping = false
  let ticker: NodeJS.Timeout | undefined
  let unsubscribe: (() => void) | undefined

  const logError = (error: unknown): void =>
    logger.error({ err: error }, `something failed inside the host: ${errorMessage(error)}`)

  const trouble = (session: Session, kind: string, message: string): void => {
    logger.warn({ session: session.id, kind }, message)
    const { id: sessionId, agentGroupId } = session
    core.incidents
      .open({ kind, subject: sessionId, message, sessionId, agentGroupId })
      .catch(logError)
  }

  const registry = new ActorRegistry(async (session) => {
    const agent = await core.agents.get(session.agentGroupId)
    if (agent === undefined) {
      throw new NanoclawError('not-found', `session ${session.id} belongs to no known agent`)
    }
    await core.mailboxes.init(agent.id, session.id)
    const mailbox = await core.mailboxes.open(agent.id, session.id)
    const actor = new SessionActor(session, agent, mailbox, {
      core,
      channels,
      reader: options.reader,
      driver,
      runner: options.runner,
      slots,
      settings,
      logger,
      isQuarantined: quarantined.has(session.id),
      random: options.random ?? Math.random,
      trouble,
      onQuarantine: (id) => void quarantined.add(id),
      onRetired: () => scheduler.lookAgain(),
      onChange: (changed) => {
        registry.retireIfIdle(changed)
        for (const listener of listeners) listener()
      },
    })
    await actor.resume()
    return actor
  }, logError)

  const scheduler = createScheduler({
    core,
    awake: () => registry.list().length,
    wake: (session) =>
      registry
        .use(session, (actor) => Promise.resolve(actor.wake()))
        .catch((error: unknown) => trouble(session, 'session-wake', errorMessage(error))),
    onError: logError,
  })

  const addressBookChanged = (agentGroupId: string): void => {
    for (const actor of registry.list()) {
      if (actor.session.agentGroupId === agentGroupId) actor.addressBookChanged().catch(logError)
    }
  }

  const tick = (): void => {
    for (const actor of registry.list()) actor.tick().catch(logError)
  }

  const isQuiet = async (messagingGroupId: string, place: Place): Promise<boolean> => {
    const sessions = await core.sessions.forChat(messagingGroupId)
    const fed = sessions.filter((session) => session.status === 'active')
    const verdicts = fed.map(async (session) => {
      const awake = registry.find(session.id)
      if (awake === undefined && session.nextDueAt === null) return true
      return registry.use(session, (actor) => Promise.resolve(actor.isQuietFor(place)))
    })
    return (await Promise.all(verdicts)).every(Boolean)
  }

  const handOver = async (
    adapter: ChannelAdapter,
    event: InboundEvent,
  ): Promise<HandOverResult> => {
    if (stopping)
      throw new NanoclawError('closed', 'the host is stopping; hand it over again later')
    return routeEvent(
      { core, append: (session, rows) => registry.use(session, (actor) => actor.append(rows)) },
      adapter,
      event,
    )
  }

  const start = async (): Promise<void> => {
    for (const incident of await core.incidents.list({ open: true })) {
      if (incident.kind === 'session-quarantined') quarantined.add(incident.subject)
    }
    await Promise.all((await driver.list()).map((left) => driver.end(left)))
    unsubscribe = core.destinations.onChange(addressBookChanged)
    await channels.start((adapter) =>
      createAdapterContext({
        core,
        adapter,
        logger,
        signal: shutdown.signal,
        handOver: (event) => handOver(adapter, event),
        healthChanged: () => {
          for (const actor of registry.list()) {
            actor.channelChanged(adapter.channelType, adapter.instance)
          }
        },
      }),
    )
    scheduler.start()
    ticker = setInterval(tick, settings.tickMs)
  }

  const stop = async (): Promise<void> => {
    stopping = true
    clearInterval(ticker)
    unsubscribe?.()
    await scheduler.stop()
    await registry.stop()
    shutdown.abort()
    await channels.stop()
    await driver.stop()
  }

  const whenQuiet = async (messagingGroupId: string, signal?: AbortSignal): Promise<void> => {
    const chat = await core.chats.get(messagingGroupId)
    if (chat === undefined) throw new NanoclawError('not-found', `no chat ${messagingGroupId}`)
    for (;;) {
      signal?.throwIfAborted()
      let changed: () => void = () => undefined
      const change = new Promise<void>((resolve) => (changed = resolve))
      listeners.add(changed)
      signal?.addEventListener('abort', changed, { once: true })
      try {
        if (await isQuiet(messagingGroupId, chat)) return
        await change
      } finally {
        listeners.delete(changed)
        signal?.removeEventListener('abort', changed)
      }
    }
  }

  return {
    start,
    stop,
    whenQuiet,
    status: () => ({
      driver: driver.name,
      containers: slots.inUse,
      maxContainers: settings.maxContainers,
      waitingForContainer: slots.waiting,
      awakeSessions: registry.list().length,
      channels: channels.list().map((adapter) => {
        const { state, since, why } = adapter.health()
        return { channelType: adapter.channelType, instance: adapter.instance, state, since, why }
      }),
    }),
    [Symbol.asyncDispose]: stop,
  }
}
