import type { ChannelAdapter, DeliveryUpdate } from '@nanoclaw/adapters'
import type {
  Appended,
  ChatWords,
  Core,
  Logger,
  NewInbound,
  OutboundReader,
  Session,
} from '@nanoclaw/core'
import { errorMessage } from '@nanoclaw/schema'
import { createActions } from '../actions/actions.ts'
import type { Channels } from '../channels/channels.ts'
import { createDeliveryUpdates } from '../delivery/delivery-updates.ts'
import { createMissingChannels } from '../delivery/missing-channels.ts'
import { createOpenQuestions } from '../delivery/open-questions.ts'
import type { PolicyOf } from '../delivery/policies.ts'
import { createUnderWay } from '../delivery/under-way.ts'
import type { RunnerProgram, SessionDriver } from '../drivers/port.ts'
import type { LoopBudget } from '../loop-budget.ts'
import { createScheduler } from '../scheduler.ts'
import type { HostLimits } from '../limits.ts'
import { createPostOffice } from '../mail/post-office.ts'
import type { HostSettings } from '../settings.ts'
import type { TraceContext } from '../telemetry/otel.ts'
import type { Telemetry } from '../telemetry/telemetry.ts'
import { ActorRegistry } from './actor-registry.ts'
import { openActor, type OpenActorDeps } from './open-actor.ts'
import { createByHand, type ByHand } from './by-hand.ts'
import { keepLooking } from './keep-looking.ts'
import { createQuarantine } from './quarantine.ts'
import { createQuietWatch, type Quiet } from './quiet-watch.ts'
import type { SessionActor } from './session-actor.ts'
import type { Slots } from './slots.ts'
import { createTroubles } from './troubles.ts'
import { createWaker } from './waker.ts'

/** What the sessions of a host are made of. */
export interface SessionRoomDeps {
  readonly core: Core
  readonly channels: Channels
  readonly driver: SessionDriver
  readonly reader: OutboundReader
  readonly runner: RunnerProgram
  readonly slots: Slots
  readonly settings: HostSettings
  readonly limits: HostLimits
  readonly policyOf: PolicyOf
  /** Undefined: nothing is said in chats. */
  readonly chatWords: ChatWords | undefined
  readonly logger: Logger
  readonly loop: LoopBudget
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
  /** Wakes the session if it sleeps, and keeps it awake while `work` runs. */
  use<T>(session: Session, work: (actor: SessionActor) => Promise<T>): Promise<T>
  /** Waits for `start`, too. */
  whenQuiet(messagingGroupId: string, signal?: AbortSignal): Promise<Quiet>
  /** What an operator does with sessions and single messages. */
  readonly byHand: ByHand
  /** What a platform says later of a send, by its key; in the ledger when it resolves. */
  deliveryUpdate(key: string, update: DeliveryUpdate): Promise<void>
  channelChanged(adapter: ChannelAdapter): void
  /** Learns from the database what an earlier process has put into quarantine. */
  prepare(): Promise<void>
  start(): void
  stop(): Promise<void>
}

/** Makes the room; nothing wakes before `start`. */
export function createSessionRoom(deps: SessionRoomDeps): SessionRoom {
  const { core, logger } = deps
  const logError = (error: unknown): void =>
    logger.error({ err: error }, `something failed inside the host: ${errorMessage(error)}`)

  const quarantine = createQuarantine(core)
  const troubles = createTroubles({ core, logger })
  const underWay = createUnderWay()
  const missingChannels = createMissingChannels({ incidents: core.incidents, logger })
  const questions = createOpenQuestions(core)
  const append: SessionRoom['append'] = (session, rows, trace) =>
    registry.use(session, (actor) => actor.append(rows, trace))
  const actorDeps: OpenActorDeps = {
    ...deps,
    ...{ underWay, missingChannels, questions, actions: createActions(deps) },
    postOffice: createPostOffice({ ...deps, append }),
    isQuarantined: (id) => quarantine.has(id),
    ...{ trouble: troubles.open, keepTrouble: troubles.keep, recovered: troubles.recovered },
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

  const waker = createWaker({ registry, quarantine, troubles })
  const scheduler = createScheduler({
    core,
    awake: () => registry.size + quarantine.size + waker.failing,
    wake: waker.wake,
    onError: logError,
  })

  const started = Promise.withResolvers<void>()
  const byHand = createByHand({
    core,
    registry,
    reader: deps.reader,
    quarantine,
    troubles,
    started: started.promise,
    onDue: () => scheduler.lookAgain(),
  })
  const use: ActorRegistry['use'] = (session, work) => registry.use(session, work)
  const updates = createDeliveryUpdates({ core, logger, underWay, use })

  let undo = (): void => undefined

  return {
    get awake() {
      return registry.size
    },
    append,
    use,
    whenQuiet: quiet.whenQuiet,
    byHand,
    deliveryUpdate: updates.report,
    channelChanged: ({ channelType, instance }) => {
      missingChannels.found({ channelType, instance })
      for (const actor of registry.list()) actor.channelChanged(channelType, instance)
    },
    prepare: async () => {
      await Promise.all([quarantine.load(), questions.load(), updates.forgetOld()])
    },
    start: () => {
      const upkeep = [updates.forgetOld, missingChannels.look]
      const onDue = (): void => scheduler.lookAgain()
      undo = keepLooking({ ...deps, registry, upkeep, onDue, onError: logError })
      scheduler.start()
      quiet.start()
      started.resolve()
    },
    stop: async () => {
      undo()
      await scheduler.stop()
      await registry.stop()
      await Promise.all([troubles.settled(), missingChannels.settled()])
    },
  }
}
