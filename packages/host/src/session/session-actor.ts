import type { Agent, Appended, Delivery, HostWords, Mailbox, NewInbound } from '@nanoclaw/core'
import type { PendingRow, Rerun, SaidWords, Session } from '@nanoclaw/core'
import type { Place } from '@nanoclaw/schema'
import { isOwnMessage } from '../delivery/own-message.ts'
import type { SessionDeliveries } from '../delivery/session-deliveries.ts'
import type { TraceContext } from '../telemetry/otel.ts'
import type { SessionTrace } from '../telemetry/session-trace.ts'
import type { ActorDeps } from './actor-deps.ts'
import { Announcement } from './announcement.ts'
import { bearingMailbox } from './bearing-mailbox.ts'
import type { ContainerKeeper } from './container-keeper.ts'
import { authorOf, createDeliveries } from './create-deliveries.ts'
import { Drainer } from './drainer.ts'
import { Hearing } from './hearing.ts'
import { Intake } from './intake.ts'
import { InterruptedTurns } from './interrupted-turns.ts'
import { noteSeqs, type EndedRow, type Position } from './outbound-drain.ts'
import { SafetyNet } from './safety-net.ts'
import { createSessionContainer } from './session-container.ts'
import type { SessionStanding } from './session-standing.ts'
import { SessionTroubles } from './session-troubles.ts'
import { takingTurns } from './taking-turns.ts'
import { Typing } from './typing.ts'
import { Unanswered } from './unanswered.ts'
import { WorkWatch } from './work-watch.ts'

/**
 * One session that is awake: the only one that touches its mailbox, its container and its
 * deliveries. It takes rows for the agent, sees to it that a container works on them, copies what
 * the agent says into the ledger and sends it. When nothing is left it is put away.
 *
 * 1. A row is announced in the central database before it is committed, and the announcement is
 *    taken back only when nothing is left: a crash can only wake in vain (I8).
 * 2. Nothing is read from the outbound side but through the reader (I7).
 * 3. Every end of a container is followed by the question what is due (S3).
 */
export class SessionActor {
  readonly session: Session
  /** What it sends. */
  readonly deliveries: SessionDeliveries
  readonly #deps: ActorDeps
  readonly #agent: Agent
  readonly #mailbox: Mailbox
  readonly #work: WorkWatch
  readonly #drainer: Drainer
  readonly #keeper: ContainerKeeper
  readonly #abort = new AbortController()
  readonly #position: Position = { cursor: 0, largestSeq: 0 }
  readonly #announcement: Announcement
  readonly #hearing: Hearing
  readonly #intake: Intake
  readonly #interrupted: InterruptedTurns
  /** Tells people in chats, once per trouble, that they cannot be answered now. */
  readonly #unanswered: Unanswered
  #quarantined: boolean
  readonly #troubles: SessionTroubles
  readonly #trace: SessionTrace
  readonly #typing: Typing
  readonly #net: SafetyNet
  #idleTimer: NodeJS.Timeout | undefined

  constructor(session: Session, agent: Agent, mailbox: Mailbox, deps: ActorDeps) {
    this.session = session
    this.#agent = agent
    this.#mailbox = bearingMailbox(mailbox, {
      stuckAfterMs: deps.settings.busyMs,
      signal: this.#abort.signal,
      onStuck: () => this.#locked(),
    })
    this.#deps = deps
    this.#troubles = new SessionTroubles(session, deps)
    this.#trace = deps.telemetry.session({
      sessionId: session.id,
      agentId: agent.id,
      agentName: agent.name,
      provider: session.agentProvider ?? agent.provider,
    })
    this.#quarantined = deps.isQuarantined
    this.#announcement = new Announcement(deps.core, session)
    this.#hearing = new Hearing({ ...deps, session, keeper: () => this.#keeper })
    this.#intake = new Intake({
      mailbox: this.#mailbox,
      ...{ announcement: this.#announcement, hearing: this.#hearing },
      trace: this.#trace,
      onAppended: (appended, pending) => this.#appended(appended, pending),
      onSaid: (said) => this.#said(said),
      onIdle: () => this.#changed(),
    })
    this.#typing = new Typing(deps.channels, authorOf(agent))
    const { clock } = deps.core
    this.#work = new WorkWatch({ mailbox: this.#mailbox, clock, onDue: () => this.#lookSoon() })
    this.deliveries = createDeliveries({
      ...deps,
      ...{ agent, session, mailbox: this.#mailbox, trace: this.#trace },
      signal: this.#abort.signal,
      trouble: (kind, message) => this.#troubles.tell(kind, message),
      onNotice: () => this.#lookSoon(),
      onChange: () => this.#changed(),
    })
    this.#drainer = new Drainer({
      ...{ session, mailbox: this.#mailbox, deliveries: this.deliveries, limits: deps.limits },
      ...{ position: this.#position, chatWords: deps.chatWords, troubles: this.#troubles },
      reader: takingTurns(deps.reader, deps.loop),
      pending: () => this.#work.pending,
      onNotice: () => this.#lookSoon(),
      isStopped: () => this.#abort.signal.aborted || this.#quarantined,
      onProgress: (ended) => this.#progressed(ended),
      onVerdict: (reason) => this.#quarantine(reason),
      onError: (error) => this.#troubles.failed(error),
      onIdle: () => this.#changed(),
    })
    this.#interrupted = new InterruptedTurns({
      ...deps,
      session,
      mailbox: this.#mailbox,
      drain: () => this.#drainer.once(),
      onSaid: (said) => this.#said(said),
    })
    this.#unanswered = new Unanswered({
      mailbox: this.#mailbox,
      words: deps.chatWords,
      afterMs: deps.settings.unansweredMs,
      due: () => this.#work.due,
      isRunning: () => this.#keeper.isRunning,
      onSaid: (said) => this.#said(said),
      onTold: () => this.#changed(),
      onError: (error) => this.#troubles.failed(error),
    })
    this.#keeper = this.#createKeeper()
    this.#net = this.#createNet()
  }

  /** Goes on with what an earlier process left. */
  async resume(): Promise<void> {
    this.#position.cursor = await this.#mailbox.cursor()
    this.#position.largestSeq = await this.#mailbox.largestSeq()
    await this.#work.look()
    await this.deliveries.resume()
    // What it was woken for may stand under a moment that a clock which jumps back would hide.
    if (this.#work.isDue || !this.deliveries.isQuiet) await this.announce()
    if (this.#quarantined) await this.#unanswered.tell()
    else this.#drainer.ring()
    this.wake()
  }

  /** Appends rows for the agent; durable when it resolves. */
  append(rows: readonly NewInbound[], trace?: TraceContext): Promise<readonly Appended[]> {
    return this.#intake.append(rows, trace)
  }

  /** Answers somebody who has spoken to the host, once; durable when it resolves. */
  say(words: HostWords, rows: readonly NewInbound[]): Promise<SaidWords['outcome']> {
    return this.#intake.say(words, rows)
  }

  /** Whether the host has answered that already. */
  async hasSaid(id: string): Promise<boolean> {
    const known = await this.#mailbox.delivery(id)
    return known !== undefined && isOwnMessage(known)
  }

  /** How the session stands. */
  get standing(): SessionStanding {
    const { isActive, isRunning } = this.#keeper
    const [due, isSending] = [this.#work.due.length, !this.deliveries.isQuiet]
    return { isHeld: this.#quarantined, isActive, isRunning, due, isSending }
  }

  /**
   * Sees to it that the session is woken again should this process end now; durable. To be called
   * before something is committed that must be gone on with.
   */
  announce(): Promise<void> {
    return this.#announcement.make()
  }

  /** A person wants a row answered again. Throws what `Mailbox.rerun` throws. */
  async rerun(id: string): Promise<Rerun> {
    await this.announce()
    const rerun = await this.#interrupted.rerun(id)
    await this.lookAgain()
    return rerun
  }

  /**
   * A person lets turns be that were cut off: their messages end as failed, and who waits is told.
   * False: there were none.
   */
  async letBe(): Promise<boolean> {
    await this.announce()
    return this.#interrupted.letBe()
  }

  /** Rings the container, or starts one, if a row wants it. */
  wake(): void {
    if (this.#abort.signal.aborted) return
    if (this.#work.isDue && !this.#quarantined) {
      clearTimeout(this.#idleTimer)
      this.#idleTimer = undefined
      this.#keeper.wake()
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
  tick(): Promise<void> {
    return this.#net.look()
  }

  /** The address book has changed: the agent sees it now, and what waits is judged by it. */
  async addressBookChanged(): Promise<void> {
    // Also while a container starts: what it was given is older than this.
    await this.#deps.core.writeDestinations(this.session, this.#mailbox)
    if (this.#keeper.isRunning) this.#keeper.wake()
    this.deliveries.poke()
  }

  /** A channel says that things stand otherwise now. */
  channelChanged(channelType: string, channelInstance: string): void {
    this.deliveries.poke(channelType, channelInstance)
  }

  /**
   * Whether every row from this place has ended, and all that was said in answer. A session in
   * quarantine is quiet: nothing more will come of it until the operator has acted.
   */
  isQuietFor(place: Place): boolean {
    if (!this.deliveries.isQuiet || this.#unanswered.isTelling) return false
    return this.#quarantined || (this.#isStill && this.#work.dueFrom(place).length === 0)
  }

  /** Rows from this place that get no answer until the operator has acted. */
  unansweredFrom(place: Place): number {
    return this.#quarantined ? this.#work.dueFrom(place).length : 0
  }

  /** Nothing is under way or waits, in memory or in a container. */
  get isRetirable(): boolean {
    return this.#isIdle && !this.#keeper.isActive && this.deliveries.isQuiet
  }

  /** Ends the container in its grace, finishes what is being sent, closes the mailbox. */
  async stop(): Promise<void> {
    await this.#quiesce()
    await this.#mailbox.close()
  }

  /**
   * Takes the announcement back and closes; to be called when it is retirable. A quarantined session
   * stays announced: it goes on when it is released.
   */
  async retire(): Promise<void> {
    const { sessions } = this.#deps.core
    const sendsAt = this.deliveries.nextAttemptAt
    await this.#quiesce()
    if (!this.#quarantined && (await this.#announcement.takeBack(this.#work, sendsAt))) {
      this.#deps.onRetired()
    }
    await sessions.touch(this.session.id)
    await this.#mailbox.close()
  }

  async #quiesce(): Promise<void> {
    clearTimeout(this.#idleTimer)
    this.#work.stop()
    this.#unanswered.stop()
    await this.#keeper.stop()
    await this.#drainer.stop()
    await this.deliveries.flush(this.#deps.settings.graceMs)
    this.#abort.abort()
    await this.deliveries.stop()
    this.#trace.close()
  }

  #appended(appended: readonly Appended[], pending: readonly PendingRow[]): void {
    this.#work.added(pending)
    noteSeqs(this.#position, appended)
    if (this.#quarantined) this.#unanswered.tellSoon()
    this.wake()
    if (this.#work.isDue && !this.#quarantined) this.#typing.show(pending)
  }

  #createNet(): SafetyNet {
    return new SafetyNet({
      ...{ core: this.#deps.core, session: this.session, work: this.#work, typing: this.#typing },
      ...{ drainer: this.#drainer, keeper: this.#keeper },
      lookAgain: () => this.lookAgain(),
      wake: () => this.wake(),
      trouble: (kind, message) => this.#troubles.tell(kind, message),
    })
  }

  #createKeeper(): ContainerKeeper {
    return createSessionContainer({
      ...this.#deps,
      session: this.session,
      agent: this.#agent,
      mailbox: this.#mailbox,
      work: this.#work,
      drainer: this.#drainer,
      interrupted: this.#interrupted,
      hearing: this.#hearing,
      trace: this.#trace,
      isHeld: () => this.#quarantined || this.#abort.signal.aborted,
      isIdle: () => this.#isIdle,
      trouble: (kind, message) => this.#troubles.tell(kind, message),
      onFailure: () => this.#unanswered.failed(),
      onChange: () => this.#changed(),
    })
  }

  async #progressed(ended: readonly EndedRow[]): Promise<void> {
    this.#keeper.progressed()
    this.#unanswered.progressed()
    this.#troubles.recovered()
    if (ended.length === 0) return
    this.#trace.ended(ended)
    await this.#work.ended(ended.map(({ row }) => row))
    if (!this.#work.isDue) this.#typing.over()
  }

  /** Evidence against the container: it is ended, and none starts until the operator has acted. */
  async #quarantine(reason: string): Promise<void> {
    if (this.#quarantined) return
    this.#quarantined = true
    this.#deps.onQuarantine(this.session.id)
    const advice = 'its messages are kept; look at its outbound folder and restore or remove it'
    this.#troubles.tell('session-quarantined', `${reason}; ${advice}`)
    this.#unanswered.tellSoon()
    await this.#keeper.kill(reason)
  }

  /** The container that holds a lock for too long is ended (S10). */
  #locked(): void {
    this.#troubles.tell('inbound-locked', 'the container holds a lock on inbound.db; it is ended')
    void this.#keeper.kill('it holds a lock on inbound.db')
  }

  /** The host's own messages, which nobody else can have sent. */
  #said(said: readonly Delivery[]): void {
    noteSeqs(this.#position, said)
    this.deliveries.accept(said)
  }

  #lookSoon(): void {
    this.lookAgain().catch((error: unknown) => {
      if (!this.#abort.signal.aborted) this.#troubles.failed(error)
    })
  }

  get #isStill(): boolean {
    return this.#intake.isIdle && !this.#drainer.isDraining && !this.#unanswered.isTelling
  }

  get #isIdle(): boolean {
    return this.#isStill && (!this.#work.isDue || this.#quarantined)
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

  #idled(): void {
    this.#idleTimer = undefined
    this.#keeper.end().catch((error: unknown) => this.#troubles.failed(error))
  }
}
