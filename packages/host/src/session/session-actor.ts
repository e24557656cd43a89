import { setTimeout as sleep } from 'node:timers/promises'
import type {
  Agent,
  Appended,
  Authorization,
  HeardFrom,
  Mailbox,
  NewInbound,
  PendingRow,
  Session,
} from '@nanoclaw/core'
import { idempotencyKey, timestamp, type Origin, type Place } from '@nanoclaw/schema'
import type { Container } from '../drivers/port.ts'
import { SessionDeliveries } from '../delivery/session-deliveries.ts'
import type { ActorDeps } from './actor-deps.ts'
import { ContainerKeeper } from './container-keeper.ts'
import { launchContainer } from './launch.ts'
import { drainOutbound, type DrainOutcome, type EndedRow } from './outbound-drain.ts'
import { retryBusy } from './retry-busy.ts'
import { Strikes } from './strikes.ts'
import { isPlace, summarise, type Workload } from './workload.ts'

const pendingAtMost = 500
const busyPauseMs = 20

/**
 * One session that is awake: the only one that touches its mailbox, its container and its
 * deliveries. It takes rows for the agent, sees to it that a container works on them, copies what
 * the agent says into the ledger and sends it. When nothing is left it goes idle, and then away.
 *
 * 1. A row is announced in the central database (`next_due_at`) before it is committed, and the
 *    announcement is taken back only when nothing is left: a crash can only wake in vain (I8).
 * 2. Nothing is read from the outbound side but through the reader (I7).
 * 3. One drain at a time; a ring during one makes another follow.
 */
export class SessionActor {
  readonly session: Session
  readonly #deps: ActorDeps
  readonly #agent: Agent
  readonly #mailbox: Mailbox
  readonly #deliveries: SessionDeliveries
  readonly #keeper: ContainerKeeper
  readonly #abort = new AbortController()
  readonly #strikes = new Strikes()
  #quarantined: boolean
  #announced = false
  #appending = 0
  #work: Workload = { due: [], nextDueAt: null }
  #heard: HeardFrom[] = []
  #draining: Promise<void> | undefined
  #lastDrain: Promise<unknown> = Promise.resolve()
  #drainAgain = false
  #idleTimer: NodeJS.Timeout | undefined
  #dueTimer: NodeJS.Timeout | undefined

  constructor(session: Session, agent: Agent, mailbox: Mailbox, deps: ActorDeps) {
    this.session = session
    this.#agent = agent
    this.#mailbox = mailbox
    this.#deps = deps
    this.#quarantined = deps.isQuarantined
    this.#deliveries = new SessionDeliveries({
      mailbox,
      channels: deps.channels,
      author: { id: agent.id, name: agent.name },
      settings: deps.settings,
      clock: deps.core.clock,
      logger: deps.logger,
      signal: this.#abort.signal,
      random: deps.random,
      sleep: (ms) => sleep(ms),
      authorize: (place) => this.#authorize(place),
      nameOf: (place) => this.#nameOf(place),
      keyOf: (rowId, part) => idempotencyKey(deps.core.installId, session.id, rowId, part),
      trouble: (kind, message) => this.#trouble(kind, message),
      onChange: () => this.#changed(),
    })
    this.#keeper = new ContainerKeeper({
      slots: deps.slots,
      settings: deps.settings,
      logger: deps.logger,
      signal: this.#abort.signal,
      heartbeatPath: deps.core.layout.session(agent.id, session.id).heartbeat,
      launch: () => this.#launch(),
      onRing: () => this.drain(),
      onExit: (container) => this.#exited(container),
      isWanted: () => this.#isWanted(),
      isIdle: () => this.#isIdle(),
      trouble: (kind, message) => this.#trouble(kind, message),
      onChange: () => this.#changed(),
    })
  }

  /** Goes on with what an earlier process left. */
  async resume(): Promise<void> {
    await this.#deliveries.resume()
    await this.#lookAtWork()
    this.drain()
    this.wake()
  }

  /** Appends rows for the agent; durable when it resolves. */
  async append(rows: readonly NewInbound[]): Promise<readonly Appended[]> {
    this.#appending += 1
    try {
      if (!this.#announced) {
        await this.#deps.core.sessions.ensureDue(this.session.id, timestamp(this.#deps.core.clock))
        this.#announced = true
      }
      const appended = await this.#bear(() => this.#mailbox.append(rows))
      await this.#lookAtWork()
      this.wake()
      return appended
    } finally {
      this.#appending -= 1
    }
  }

  /** Rings the container, or starts one if a row wants it. */
  wake(): void {
    if (this.#abort.signal.aborted) return
    clearTimeout(this.#idleTimer)
    this.#idleTimer = undefined
    if (this.#work.due.length > 0 && !this.#quarantined) this.#keeper.wake()
    this.#changed()
  }

  /** Copies what the runner wrote; returns at once. */
  drain(): void {
    this.#drainAgain = true
    if (this.#draining !== undefined || this.#quarantined) return
    this.#draining = this.#drainAll()
      .catch((error: unknown) => this.#trouble('session-actor', String(error)))
      .finally(() => {
        this.#draining = undefined
        this.#changed()
      })
  }

  /** The safety net under the doorbell, and the look at the heartbeat. */
  async tick(): Promise<void> {
    if (!this.#keeper.isRunning) return
    this.drain()
    this.#showTyping()
    await this.#keeper.look()
  }

  /** The address book has changed: the agent sees it now, and what waits is judged by it. */
  async addressBookChanged(): Promise<void> {
    if (this.#keeper.isRunning) {
      await this.#bear(() => this.#deps.core.writeDestinations(this.session, this.#mailbox))
      this.#keeper.wake()
    }
    this.#deliveries.poke()
  }

  /** A channel says that things stand otherwise now. */
  channelChanged(channelType: string, channelInstance: string): void {
    this.#deliveries.poke(channelType, channelInstance)
  }

  /**
   * Whether every row from this place has ended, and all that was said in answer. A session in
   * quarantine is quiet: nothing more will come of it until the operator has acted.
   */
  isQuietFor(place: Place): boolean {
    if (this.#quarantined) return this.#deliveries.isEmpty
    const waits = this.#work.due.some((row) => row.origin !== null && isPlace(row.origin, place))
    const isStill = this.#appending === 0 && this.#draining === undefined
    return !waits && isStill && this.#deliveries.isEmpty
  }

  /** Nothing is under way or waits, in memory or in a container. */
  get isRetirable(): boolean {
    return this.#isIdle() && !this.#keeper.isActive && this.#deliveries.isEmpty
  }

  get hasContainer(): boolean {
    return this.#keeper.isRunning
  }

  /** Ends the container in its grace, waits for what is being sent, closes the mailbox. */
  async stop(): Promise<void> {
    clearTimeout(this.#idleTimer)
    clearTimeout(this.#dueTimer)
    await this.#keeper.stop()
    await this.#draining
    await this.#lastDrain
    await this.#deliveries.flush(this.#deps.settings.graceMs)
    this.#abort.abort()
    await this.#deliveries.stop()
    await this.#mailbox.close()
  }

  /** Takes the announcement back and closes; to be called when it is retirable. */
  async retire(): Promise<void> {
    const nextDueAt = this.#quarantined ? null : this.#work.nextDueAt
    await this.stop()
    await this.#deps.core.sessions.setDue(this.session.id, nextDueAt)
    if (nextDueAt !== null) this.#deps.onRetired()
  }

  async #launch(): Promise<Container> {
    const { core, driver, runner, settings, logger } = this.#deps
    this.#heard = []
    this.#strikes.newContainer()
    await this.#lookAtWork()
    const { session } = this
    return this.#bear(() =>
      launchContainer(
        {
          core,
          driver,
          runner,
          session,
          mailbox: this.#mailbox,
          timezone: settings.timezone,
          log: (line) => logger.info({ session: session.id, line }, 'container'),
        },
        this.#agent,
      ),
    )
  }

  /** What the dead runner held has one try more; then its last words are read. */
  async #exited(container: Container): Promise<void> {
    await this.#deps.core.sessions.setContainerStatus(this.session.id, 'stopped')
    if (this.#quarantined) return
    const outcome = await this.#drainOnce()
    if (outcome.outcome !== 'drained') return
    const held = outcome.processing.filter((ack) => ack.epoch === container.epoch)
    if (held.length === 0) return
    await this.#bear(() => this.#mailbox.countTry(held.map((ack) => ack.messageId)))
  }

  async #drainAll(): Promise<void> {
    while (this.#drainAgain && !this.#abort.signal.aborted && !this.#quarantined) {
      this.#drainAgain = false
      const outcome = await this.#drainOnce()
      if (outcome.outcome === 'drained') continue
      this.#drainAgain = true
      await sleep(busyPauseMs)
    }
  }

  /** One at a time: two would send the same row twice. */
  #drainOnce(): Promise<DrainOutcome> {
    const drain = this.#lastDrain.then(() => this.#drainNow())
    this.#lastDrain = drain.catch(() => undefined)
    return drain
  }

  async #drainNow(): Promise<DrainOutcome> {
    const outcome = await drainOutbound({
      session: this.session,
      mailbox: this.#mailbox,
      reader: this.#deps.reader,
      deliveries: this.#deliveries,
      bear: (operation) => this.#bear(operation),
    })
    if (outcome.outcome === 'drained') {
      if (outcome.progress) this.#keeper.progressed()
      if (outcome.ended.length > 0) await this.#rowsEnded(outcome.ended)
    }
    const verdict = this.#strikes.count(outcome)
    if (verdict !== undefined) await this.#quarantine(verdict)
    return outcome
  }

  async #rowsEnded(ended: readonly EndedRow[]): Promise<void> {
    await this.#lookAtWork()
    for (const { row, ack } of ended) {
      if (ack?.status !== 'failed') continue
      this.#trouble('row-failed', `message ${row.seq} got no answer: ${ack.error ?? 'no reason'}`)
    }
  }

  /** Evidence against the container: it is ended, and none starts until the operator has acted. */
  async #quarantine(reason: string): Promise<void> {
    if (this.#quarantined) return
    this.#quarantined = true
    this.#deps.onQuarantine(this.session.id)
    const advice = 'its messages are kept; look at its outbound folder and restore or remove it'
    this.#trouble('session-quarantined', `${reason}; ${advice}`)
    await this.#keeper.kill(reason)
  }

  #bear<T>(operation: () => Promise<T>): Promise<T> {
    return retryBusy(operation, {
      stuckAfterMs: this.#deps.settings.busyMs,
      signal: this.#abort.signal,
      onStuck: () => {
        this.#trouble('inbound-locked', 'the container holds a lock on inbound.db; it is ended')
        void this.#keeper.kill('it holds a lock on inbound.db')
      },
    })
  }

  async #lookAtWork(): Promise<void> {
    const rows = await this.#mailbox.pending(pendingAtMost)
    this.#work = summarise(rows, timestamp(this.#deps.core.clock))
    for (const row of this.#work.due) this.#hear(row)
    clearTimeout(this.#dueTimer)
    this.#dueTimer = undefined
    if (this.#work.nextDueAt === null || this.#work.due.length > 0) return
    const ms = Date.parse(this.#work.nextDueAt) - this.#deps.core.clock.now()
    const onDue = (): void => void this.#lookAtWork().then(() => this.wake())
    this.#dueTimer = setTimeout(onDue, Math.min(Math.max(ms, 0), 2 ** 31 - 1))
  }

  #hear(row: PendingRow): void {
    const { origin } = row
    if (origin === null || this.#heard.some((heard) => isPlace(heard.place, origin))) return
    this.#heard.push({ place: origin, senderId: null })
  }

  async #isWanted(): Promise<boolean> {
    if (this.#quarantined || this.#abort.signal.aborted) return false
    await this.#lookAtWork()
    return this.#work.due.length > 0
  }

  #isIdle(): boolean {
    const isStill = this.#appending === 0 && this.#draining === undefined
    return isStill && (this.#work.due.length === 0 || this.#quarantined)
  }

  #changed(): void {
    if (this.#abort.signal.aborted) return
    if (this.#keeper.isRunning && this.#isIdle()) {
      this.#deps.slots.becameIdle()
      this.#idleTimer ??= setTimeout(() => void this.#keeper.end(), this.#deps.settings.idleMs)
    }
    this.#deps.onChange(this)
  }

  #authorize(place: Place): Promise<Authorization> {
    return this.#deps.core.destinations.authorize({
      agentGroupId: this.#agent.id,
      target: place,
      operation: 'message',
      origins: this.#heard,
    })
  }

  async #nameOf(place: Place): Promise<string> {
    const chat = await this.#deps.core.chats.find(place)
    const known = await this.#deps.core.destinations.list(this.#agent.id)
    const named = known.find(
      ({ target }) => target.type === 'channel' && target.messagingGroupId === chat?.id,
    )
    return named?.localName ?? `${place.channelType}:${place.platformId}`
  }

  #showTyping(): void {
    const origins = new Map<string, Origin>()
    for (const { origin } of this.#work.due) {
      if (origin !== null) origins.set(JSON.stringify(origin), origin)
    }
    for (const origin of origins.values()) {
      const adapter = this.#deps.channels.find(origin.channelType, origin.channelInstance)
      const place = { chatId: origin.platformId, threadId: origin.threadId }
      adapter?.typing?.(place).catch(() => undefined)
    }
  }

  #trouble(kind: string, message: string): void {
    this.#deps.trouble(this.session, kind, message)
  }
}
