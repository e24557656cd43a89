import { setTimeout as sleep } from 'node:timers/promises'
import type { Author } from '@nanoclaw/adapters'
import type { Agent, Appended, Mailbox, NewInbound, Session } from '@nanoclaw/core'
import { errorMessage, idempotencyKey, timestamp, type Place } from '@nanoclaw/schema'
import type { Container } from '../drivers/port.ts'
import { SessionDeliveries } from '../delivery/session-deliveries.ts'
import type { ActorDeps } from './actor-deps.ts'
import { ContainerKeeper } from './container-keeper.ts'
import { Drainer } from './drainer.ts'
import { launchContainer } from './launch.ts'
import { nameOfPlace } from './name-of-place.ts'
import type { EndedRow, Position } from './outbound-drain.ts'
import { retryBusy } from './retry-busy.ts'
import { showTyping } from './typing.ts'
import { WorkWatch } from './work-watch.ts'
import { pendingRows } from './workload.ts'

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
  #idleTimer: NodeJS.Timeout | undefined

  constructor(session: Session, agent: Agent, mailbox: Mailbox, deps: ActorDeps) {
    this.session = session
    this.#agent = agent
    this.#mailbox = mailbox
    this.#deps = deps
    this.#quarantined = deps.isQuarantined
    const { clock } = deps.core
    this.#work = new WorkWatch({ mailbox, clock, onDue: () => this.#lookSoon() })
    this.#deliveries = this.#createDeliveries()
    this.#drainer = new Drainer({
      session,
      mailbox,
      reader: deps.reader,
      deliveries: this.#deliveries,
      position: this.#position,
      pending: () => this.#work.pending,
      onNotice: () => this.#lookSoon(),
      bear: (operation) => this.#bear(operation),
      onProgress: ({ ended }) => this.#progressed(ended),
      onVerdict: (reason) => this.#quarantine(reason),
      onError: (error) => this.#trouble('session-actor', errorMessage(error)),
      onIdle: () => this.#changed(),
    })
    this.#keeper = this.#createKeeper()
  }

  /** Goes on with what an earlier process left. */
  async resume(): Promise<void> {
    this.#position.cursor = await this.#mailbox.cursor()
    this.#position.largestSeq = await this.#mailbox.largestSeq()
    await this.#deliveries.resume()
    await this.#work.look()
    if (!this.#quarantined) this.#drainer.ring()
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

  /** Rings the container, or starts one if a row wants it. */
  wake(): void {
    if (this.#abort.signal.aborted) return
    clearTimeout(this.#idleTimer)
    this.#idleTimer = undefined
    if (this.#work.due.length > 0 && !this.#quarantined) {
      this.#keeper.wake()
      this.#showTyping()
    }
    this.#changed()
  }

  /** The safety net under the doorbell, and the look at the heartbeat. */
  async tick(): Promise<void> {
    if (!this.#keeper.isRunning) return
    await this.#bear(() => this.#work.look())
    this.#drainer.ring()
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
    if (!this.#deliveries.isEmpty) return false
    return this.#quarantined || (this.#isStill && !this.#work.isWaitedForAt(place))
  }

  /** Nothing is under way or waits, in memory or in a container. */
  get isRetirable(): boolean {
    return this.#isIdle && !this.#keeper.isActive && this.#deliveries.isEmpty
  }

  /** Ends the container in its grace, finishes what is being sent, closes the mailbox. */
  async stop(): Promise<void> {
    clearTimeout(this.#idleTimer)
    this.#work.stop()
    await this.#keeper.stop()
    await this.#drainer.stop()
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

  #createDeliveries(): SessionDeliveries {
    const { core, channels, settings, logger, random } = this.#deps
    const { id: agentGroupId } = this.#agent
    const { installId } = core
    return new SessionDeliveries({
      mailbox: this.#mailbox,
      channels,
      author: this.#author,
      settings,
      clock: core.clock,
      logger,
      signal: this.#abort.signal,
      random,
      sleep: (ms) => sleep(ms),
      authorize: (target) =>
        core.destinations.authorize({
          agentGroupId,
          target,
          operation: 'message',
          origins: this.#work.heard,
        }),
      nameOf: (place) => nameOfPlace(core, agentGroupId, place),
      keyOf: (rowId, part) => idempotencyKey(installId, this.session.id, rowId, part),
      trouble: (kind, message) => this.#trouble(kind, message),
      onNotice: () => this.#lookSoon(),
      onChange: () => this.#changed(),
    })
  }

  #createKeeper(): ContainerKeeper {
    const { core, slots, settings, logger } = this.#deps
    return new ContainerKeeper({
      slots,
      settings,
      logger,
      signal: this.#abort.signal,
      heartbeatPath: core.layout.session(this.#agent.id, this.session.id).heartbeat,
      launch: () => this.#launch(),
      onRing: () => this.#drainer.ring(),
      onExit: (container) => this.#exited(container),
      isWanted: () => this.#isWanted(),
      isIdle: () => this.#isIdle,
      trouble: (kind, message) => this.#trouble(kind, message),
      onChange: () => this.#changed(),
    })
  }

  async #launch(): Promise<Container> {
    const { core, driver, runner, settings, logger } = this.#deps
    const { session } = this
    this.#work.forgetHeard()
    this.#drainer.newContainer()
    await this.#work.look()
    const log = (line: string): void => logger.info({ session: session.id, line }, 'container')
    const { timezone } = settings
    const mailbox = this.#mailbox
    const deps = { core, driver, runner, session, mailbox, timezone, log }
    return this.#bear(() => launchContainer(deps, this.#agent))
  }

  /** Its last words are read, and what the dead runner held has one try more. */
  async #exited(container: Container): Promise<void> {
    await this.#deps.core.sessions.setContainerStatus(this.session.id, 'stopped')
    if (this.#quarantined) return
    const outcome = await this.#drainer.once()
    if (outcome.outcome !== 'drained') return
    const held = outcome.processing.filter((ack) => ack.epoch === container.epoch)
    if (held.length === 0) return
    await this.#bear(() => this.#mailbox.countTry(held.map((ack) => ack.messageId)))
  }

  async #progressed(ended: readonly EndedRow[]): Promise<void> {
    this.#keeper.progressed()
    if (ended.length === 0) return
    await this.#work.ended(ended.map(({ row }) => row))
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

  /** Bears somebody else's lock; the container that holds one for too long is ended (S10). */
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

  #lookSoon(): void {
    this.#bear(() => this.#work.look())
      .then(() => this.wake())
      .catch((error: unknown) => this.#trouble('session-actor', errorMessage(error)))
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
      this.#idleTimer ??= setTimeout(() => void this.#keeper.end(), this.#deps.settings.idleMs)
    }
    this.#deps.onChange()
  }

  #showTyping(): void {
    showTyping(this.#deps.channels, this.#work.due, this.#author)
  }

  get #author(): Author {
    return { id: this.#agent.id, name: this.#agent.name }
  }

  #trouble(kind: string, message: string): void {
    this.#deps.trouble(this.session, kind, message)
  }
}
