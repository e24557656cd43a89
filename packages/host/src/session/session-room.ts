import type { ChannelAdapter } from '@nanoclaw/adapters'
import type { Appended, Core, Logger, NewInbound, OutboundReader, Session } from '@nanoclaw/core'
import { errorMessage, timestamp } from '@nanoclaw/schema'
import type { Channels } from '../channels/channels.ts'
import { unlessAborted } from '../deadline.ts'
import type { RunnerProgram, SessionDriver } from '../drivers/port.ts'
import { createScheduler } from '../scheduler.ts'
import type { HostSettings } from '../settings.ts'
import type { TraceContext } from '../telemetry/otel.ts'
import type { Telemetry } from '../telemetry/telemetry.ts'
import { ActorRegistry } from './actor-registry.ts'
import { openActor, type OpenActorDeps } from './open-actor.ts'
import { createQuarantine } from './quarantine.ts'
import { createQuietWatch, type Quiet } from './quiet-watch.ts'
import type { Slots } from './slots.ts'
import { createTroubles } from './troubles.ts'

/** What the sessions of a host are made of. */
export interface SessionRoomDeps {
  readonly core: Core
  readonly channels: Channels
  readonly driver: SessionDriver
  readonly reader: OutboundReader
  readonly runner: RunnerProgram
  readonly slots: Slots
  readonly settings: HostSettings
  readonly logger: Logger
  readonly telemetry: Telemetry
  /** 0 to 1. */
  random(): number
  /** A session or a container has begun, changed or ended. */
  onChange(): void
}

/** All sessions of a host: those awake, and the scheduler that wakes the others. */
export interface SessionRoom {
  readonly awake: number
  /** `trace`: what the rows belong to, if somebody follows them. */
  append(
    session: Session,
    rows: readonly NewInbound[],
    trace?: TraceContext,
  ): Promise<readonly Appended[]>
  whenQuiet(messagingGroupId: string, signal?: AbortSignal): Promise<Quiet>
  release(sessionId: string, signal?: AbortSignal): Promise<boolean>
  addressBookChanged(agentGroupId: string): void
  channelChanged(adapter: ChannelAdapter): void
  tick(): void
  /** Learns from the database what an earlier process has put into quarantine. */
  prepare(): Promise<void>
  start(): void
  stop(): Promise<void>
}

const wakeAgainMs = 30_000

/** Makes the room; nothing wakes before `start`, but for what is appended to. */
export function createSessionRoom(deps: SessionRoomDeps): SessionRoom {
  const { core, logger } = deps
  /** Sessions that could not be woken, and when to try again on our own clock. */
  const failing = new Map<string, number>()

  const logError = (error: unknown): void =>
    logger.error({ err: error }, `something failed inside the host: ${errorMessage(error)}`)

  const quarantine = createQuarantine(core)
  const troubles = createTroubles({ core, logger })
  const actorDeps: OpenActorDeps = {
    ...deps,
    isQuarantined: (id) => quarantine.has(id),
    trouble: troubles.open,
    recovered: troubles.recovered,
    onQuarantine: (id) => quarantine.add(id),
    onRetired: () => scheduler.lookAgain(),
    onChange: (actor) => {
      registry.retireIfIdle(actor)
      quiet.changed()
      deps.onChange()
    },
  }
  // An actor outlives the hand-over that wakes it.
  const open = (session: Session) => deps.telemetry.detached(() => openActor(actorDeps, session))
  const registry = new ActorRegistry(open, logError)
  const quiet = createQuietWatch({ core, registry })

  const wake = async (session: Session): Promise<void> => {
    const { id } = session
    const isHeld = quarantine.has(id) && registry.find(id) === undefined
    if (isHeld || (failing.get(id) ?? 0) > performance.now()) return
    try {
      await registry.use(session, (actor) => actor.lookAgain())
      failing.delete(id)
    } catch (error) {
      failing.set(id, performance.now() + wakeAgainMs)
      troubles.open(session, 'session-wake', errorMessage(error))
    }
  }
  const scheduler = createScheduler({
    core,
    awake: () => registry.list().length + quarantine.size + failing.size,
    wake,
    onError: logError,
  })

  const releaseNow = async (sessionId: string): Promise<boolean> => {
    const session = await core.sessions.get(sessionId)
    await troubles.settled()
    if (!(await quarantine.lift(sessionId)) || session === undefined) return false
    await registry.restart(sessionId)
    await core.sessions.ensureDue(sessionId, timestamp(core.clock))
    scheduler.lookAgain()
    return true
  }

  return {
    get awake() {
      return registry.list().length
    },
    append: (session, rows, trace) => registry.use(session, (actor) => actor.append(rows, trace)),
    whenQuiet: quiet.whenQuiet,
    release: async (sessionId, signal) => {
      signal?.throwIfAborted()
      return unlessAborted(releaseNow(sessionId), signal)
    },
    addressBookChanged: (agentGroupId) => {
      const concerned = registry.list().filter((a) => a.session.agentGroupId === agentGroupId)
      for (const actor of concerned) actor.addressBookChanged().catch(logError)
    },
    channelChanged: ({ channelType, instance }) => {
      for (const actor of registry.list()) actor.channelChanged(channelType, instance)
    },
    tick: () => {
      for (const actor of registry.list()) actor.tick().catch(logError)
    },
    prepare: () => quarantine.load(),
    start: () => scheduler.start(),
    stop: async () => {
      await scheduler.stop()
      await registry.stop()
      await troubles.settled()
    },
  }
}
