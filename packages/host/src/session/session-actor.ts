import type { Agent, Appended, Mailbox, NewInbound, Session } from '@nanoclaw/core'
import { timestamp, type Place } from '@nanoclaw/schema'
import type { Container } from '../drivers/port.ts'
import type { SessionDeliveries } from '../delivery/session-deliveries.ts'
import type { TraceContext } from '../telemetry/otel.ts'
import type { SessionTrace } from '../telemetry/session-trace.ts'
import type { ActorDeps } from './actor-deps.ts'
import { bearingMailbox } from './bearing-mailbox.ts'
import { ContainerKeeper } from './container-keeper.ts'
import { authorOf, createDeliveries } from './create-deliveries.ts'
import { Drainer } from './drainer.ts'
import { launchContainer } from './launch.ts'
import { isLogStarved } from './log-size.ts'
import type { EndedRow, Position } from './outbound-drain.ts'
import { retryBusy } from './retry-busy.ts'
import { SessionTroubles } from './session-troubles.ts'
import { showTyping } from './typing.ts'
import { WorkWatch } from './work-watch.ts'
import { earliest, pendingRows } from './workload.ts'

/**
 * One session that is awake: the only one that touches its mailbox, its container and its
 * deliveries. It takes rows for the agent, sees to it that a container works on them, copies what
 * the agent says into the ledger and sends it. When nothing is left it is put away.
 *
 * 1. A row is announced in the central database (`next_due_at`) before it is committed, and the
 *    announcement is taken back only when nothing is left: a crash can only wake in vain (I8).
 * 2. Nothing is read from the outbound side but through the reader (I7).
 * 3. Every end of a container is followed by the question what is due (S3).
 */
export class SessionActor {
  readonly session: Session
  readonly #deps: ActorDeps
  readonly #agent: Agent
  readonly #mailbox: Mailbox
  readonly #work: WorkWatch
  readonly #deliveries: SessionDeliveries
  readonly #drainer: Drainer
  readonly #keeper: ContainerKeeper
  readonly #abort = new AbortController()
  readonly #position: Position = { cursor: 0, largestSeq: 0 }
  #quarantined: boolean
  #announced = false
  #appending = 0
  readonly #troubles: SessionTroubles
  readonly #trace: SessionTrace
  #idleTimer: NodeJS.Timeout | undefined

  constructor(session: Session, agent: Agent, mailbox: Mailbox, deps: ActorDeps) {
    this.session = session
    this.#agent = agent
    this.#mailbox = bearingMailbox(mailbox, (operation) => this.#bear(operation))
    this.#deps = deps
    this.#troubles = new SessionTroubles(session, deps)
    this.#trace = deps.telemetry.session({
      sessionId: session.id,
      agentId: agent.id,
      agentName: agent.name,
      provider: session.agentProvider ?? agent.provider,
    })
    this.#quarantined = deps.isQuarantined
    const { clock } = deps.core
    this.#work = new WorkWatch({ mailbox: this.#mailbox, clock, onDue: () => this.#lookSoon() })
    this.#deliveries = createDeliveries({
      ...deps,
      agent,
      session,
      mailbox: this.#mailbox,
      trace: this.#trace,
      signal: this.#abort.signal,
      heard: () => this.#work.heard,
      trouble: (kind, message) => this.#troubles.tell(kind, message),
      onNotice: () => this.#lookSoon(),
      onChange: () => this.#changed(),
    })
    this.#drainer = new Drainer({
      session,
      mailbox: this.#mailbox,
      reader: deps.reader,
      deliveries: this.#deliveries,
      position: this.#position,
      pending: () => this.#work.pending,
      onNotice: () => this.#lookSoon(),
      isStopped: () => this.#abort.signal.aborted || this.#quarantined,
      onProgress: ({ ended }) => this.#progressed(ended),
      onVerdict: (reason) => this.#quarantine(reason),
      onError: (error) => this.#troubles.failed(error),
      onIdle: () => this.#changed(),
    })
    this.#keeper = this.#createKeeper()
  }

  /** Goes on with what an earlier process left. */
  async resume(): Promise<void> {
    this.#position.cursor = await this.#mailbox.cursor()
    this.#position.largestSeq = await this.#mailbox.largestSeq()
    await this.#work.look()
    await this.#deliveries.resume()
    if (!this.#quarantined) this.#drainer.ring()
    this.wake()
  }

  /** Appends rows for the agent; durable when it resolves. */
  async append(rows: readonly NewInbound[], trace?: TraceContext): Promise<readonly Appended[]> {
    this.#appending += 1
    try {
      if (!this.#announced) {
        await this.#deps.core.sessions.ensureDue(this.session.id, timestamp(this.#deps.core.clock))
        this.#announced = true
      }
      const appended = await this.#mailbox.append(rows)
      if (trace !== undefined) this.#trace.appended(appended, trace)
      this.#work.added(pendingRows(rows, appended))
      const largest = appended.at(-1)?.seq ?? 0
      this.#position.largestSeq = Math.max(this.#position.largestSeq, largest)
      this.wake()
      return appended
    } finally {
      this.#appending -= 1
      this.#changed()
    }
  }

  /** Rings the container, or starts one, if a row wants it. */
  wake(): void {
    if (this.#abort.signal.aborted) return
    if (this.#work.due.length > 0 && !this.#quarantined) {
      clearTimeout(this.#idleTimer)
      this.#idleTimer = undefined
      this.#keeper.wake()
      this.#showTyping()
    }
    this.#changed()
  }

  /** Looks for what others may have written into the database, and wakes if there is something. */
  async lookAgain(): Promise<void> {
    if (this.#abort.signal.aborted) return
    await this.#work.look()
    this.wake()
  }

  /** The safety net under the doorbell, and the look at the heartbeat. */
  async tick(): Promise<void> {
    if (!this.#keeper.isRunning) return
    await this.#work.look()
    this.#drainer.ring()
    this.#showTyping()
    await this.#keeper.look()
    const { inboundDb } = this.#deps.core.layout.session(this.#agent.id, this.session.id)
    if (await isLogStarved(inboundDb)) {
      this.#troubles.tell(
        'inbound-starved',
        'the container reads inbound.db without end; it is ended',
      )
      await this.#keeper.kill('it reads inbound.db without end')
    }
  }

  /** The address book has changed: the agent sees it now, and what waits is judged by it. */
  async addressBookChanged(): Promise<void> {
    // Also while a container starts: what it was given is older than this.
    await this.#deps.core.writeDestinations(this.session, this.#mailbox)
    if (this.#keeper.isRunning) this.#keeper.wake()
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
    if (!this.#deliveries.isQuiet) return false
    return this.#quarantined || (this.#isStill && this.#work.dueFrom(place).length === 0)
  }

  /** Rows from this place that get no answer until the operator has acted. */
  unansweredFrom(place: Place): number {
    return this.#quarantined ? this.#work.dueFrom(place).length : 0
  }

  /** Nothing is under way or waits, in memory or in a container. */
  get isRetirable(): boolean {
    return this.#isIdle && !this.#keeper.isActive && this.#deliveries.isQuiet
  }

  /** Ends the container in its grace, finishes what is being sent, closes the mailbox. */
  async stop(): Promise<void> {
    await this.#quiesce()
    await this.#mailbox.close()
  }

  /**
   * Takes the announcement back and closes; to be called when it is retirable. What others wrote
   * at the last moment, when the session still looked announced, is found by a look afterwards. A
   * quarantined session stays announced: it goes on when it is released.
   */
  async retire(): Promise<void> {
    const { sessions, clock } = this.#deps.core
    const { id } = this.session
    const sendsAt = this.#deliveries.nextAttemptAt
    await this.#quiesce()
    if (!this.#quarantined) {
      await sessions.setDue(id, earliest(this.#work.nextDueAt, sendsAt))
      await this.#work.look()
      const { due, nextDueAt } = this.#work
      const dueAt = due.length > 0 ? timestamp(clock) : nextDueAt
      if (dueAt !== null) await sessions.ensureDue(id, dueAt)
      if (dueAt !== null || sendsAt !== null) this.#deps.onRetired()
    }
    await sessions.touch(id)
    await this.#mailbox.close()
  }

  async #quiesce(): Promise<void> {
    clearTimeout(this.#idleTimer)
    this.#work.stop()
    await this.#keeper.stop()
    await this.#drainer.stop()
    await this.#deliveries.flush(this.#deps.settings.graceMs)
    this.#abort.abort()
    await this.#deliveries.stop()
    this.#trace.close()
  }

  #createKeeper(): ContainerKeeper {
    const { core, slots, settings, logger } = this.#deps
    return new ContainerKeeper({
      slots,
      settings,
      logger,
      heartbeatPath: core.layout.session(this.#agent.id, this.session.id).heartbeat,
      launch: (signal) => this.#launch(signal),
      onRing: () => this.#drainer.ring(),
      onExit: (container) => this.#exited(container),
      isWanted: () => this.#isWanted(),
      isIdle: () => this.#isIdle,
      trouble: (kind, message) => this.#troubles.tell(kind, message),
      onChange: () => this.#changed(),
    })
  }

  async #launch(signal: AbortSignal): Promise<Container> {
    const { core, driver, runner, settings, logger } = this.#deps
    const { session } = this
    this.#work.forgetHeard()
    await this.#work.look()
    const { timezone } = settings
    const mailbox = this.#mailbox
    const deps = { core, driver, runner, session, mailbox, timezone, logger, signal }
    return this.#trace.started(this.#work.due, driver.name, () =>
      launchContainer(deps, this.#agent),
    )
  }

  /** Its last words are read, and what the dead runner held has one try more. */
  async #exited(container: Container): Promise<void> {
    await this.#deps.core.sessions.setContainerStatus(this.session.id, 'stopped')
    if (this.#quarantined) return
    const outcome = await this.#drainer.once()
    if (outcome.outcome !== 'drained') return
    const held = outcome.processing.filter((ack) => ack.epoch === container.epoch)
    if (held.length === 0) return
    await this.#mailbox.countTry(held.map((ack) => ack.messageId))
  }

  async #progressed(ended: readonly EndedRow[]): Promise<void> {
    this.#keeper.progressed()
    this.#troubles.recovered()
    if (ended.length === 0) return
    this.#trace.ended(ended)
    await this.#work.ended(ended.map(({ row }) => row))
    for (const { row, ack } of ended) {
      if (ack?.status !== 'failed') continue
      this.#troubles.tell(
        'row-failed',
        `message ${row.seq} got no answer: ${ack.error ?? 'no reason'}`,
      )
    }
  }

  /** Evidence against the container: it is ended, and none starts until the operator has acted. */
  async #quarantine(reason: string): Promise<void> {
    if (this.#quarantined) return
    this.#quarantined = true
    this.#deps.onQuarantine(this.session.id)
    const advice = 'its messages are kept; look at its outbound folder and restore or remove it'
    this.#troubles.tell('session-quarantined', `${reason}; ${advice}`)
    await this.#keeper.kill(reason)
  }

  /** Bears somebody else's lock; the container that holds one for too long is ended (S10). */
  #bear<T>(operation: () => Promise<T>): Promise<T> {
    return retryBusy(operation, {
      stuckAfterMs: this.#deps.settings.busyMs,
      signal: this.#abort.signal,
      onStuck: () => {
        this.#troubles.tell(
          'inbound-locked',
          'the container holds a lock on inbound.db; it is ended',
        )
        void this.#keeper.kill('it holds a lock on inbound.db')
      },
    })
  }

  #lookSoon(): void {
    this.lookAgain().catch((error: unknown) => {
      if (!this.#abort.signal.aborted) this.#troubles.failed(error)
    })
  }

  async #isWanted(): Promise<boolean> {
    if (this.#quarantined || this.#abort.signal.aborted) return false
    await this.#work.look()
    return this.#work.due.length > 0
  }

  get #isStill(): boolean {
    return this.#appending === 0 && !this.#drainer.isDraining
  }

  get #isIdle(): boolean {
    return this.#isStill && (this.#work.due.length === 0 || this.#quarantined)
  }

  #changed(): void {
    if (this.#abort.signal.aborted) return
    if (this.#keeper.isRunning && this.#isIdle) {
      this.#deps.slots.becameIdle()
      const { idleMs } = this.#deps.settings
      if (idleMs !== Infinity) this.#idleTimer ??= setTimeout(() => this.#idled(), idleMs)
    }
    this.#deps.onChange()
  }

  #showTyping(): void {
    showTyping(this.#deps.channels, this.#work.due, authorOf(this.#agent))
  }

  #idled(): void {
    this.#idleTimer = undefined
    this.#keeper.end().catch((error: unknown) => this.#troubles.failed(error))
  }
}
