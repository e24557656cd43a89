import { errorMessage, isNanoclawError } from '@nanoclaw/schema'
import { formatPush } from '../prompt/format-prompt.ts'
import type { ProviderEvent, ProviderTurn } from '../provider.ts'
import type { Claim } from './claim.ts'
import type { PendingRow } from './inbox.ts'
import { createAddressBook, type AddressBook } from './places.ts'
import { retryBusy } from './retry-busy.ts'
import { runnerTimes } from './runner-times.ts'
import type { RunnerSession } from './session.ts'
import { TurnIntake } from './turn-intake.ts'
import { TurnLedger } from './turn-ledger.ts'
import { TurnOutput, type Settled } from './turn-output.ts'
import { describeRows, readFirstPrompt } from './turn-prompt.ts'
import { createTurnTools } from './turn-tools.ts'
import { TurnWrites, type StopReason } from './turn-writes.ts'

/** How a turn ended: done with, or to be tried again after a while. */
export type TurnEnd =
  | { readonly type: 'ended' }
  | { readonly type: 'retry'; readonly turnId: string; readonly afterMs: number }

const firstRetryMs = 1000

/**
 * One turn: from a claim to its end in the database. Events of the provider and offers of new rows
 * are taken one at a time, so that closing the intake and taking the last rows is one step.
 */
export class TurnRun {
  readonly #session: RunnerSession
  readonly #claim: Claim
  readonly #ledger: TurnLedger
  readonly #intake: TurnIntake
  readonly #output: TurnOutput
  readonly #writes: TurnWrites
  readonly #cut = new AbortController()
  #turn: ProviderTurn | undefined
  #tail: Promise<unknown> = Promise.resolve()
  /** The address book that the model was told. */
  #told: AddressBook | undefined
  #over = false
  #end: TurnEnd = { type: 'ended' }
  #stopping: StopReason | undefined
  /** The provider has come to its end, or was cut off. */
  #drained = false
  #patience: ReturnType<typeof setTimeout> | undefined

  constructor(session: RunnerSession, claim: Claim, woken: (id: string) => boolean) {
    this.#session = session
    this.#claim = claim
    this.#ledger = new TurnLedger(session.outbox, claim.turnId, claim.isFirst)
    this.#intake = new TurnIntake(session, claim, woken)
    this.#output = new TurnOutput((message) => session.log('info', `${claim.turnId} ${message}`))
    const [ledger, intake] = [this.#ledger, this.#intake]
    this.#writes = new TurnWrites({ session, claim, ledger, intake })
  }

  /** Runs to the end. Rejects only when the runner must end, as when it is fenced. */
  async run(): Promise<TurnEnd> {
    try {
      const turn = await this.#start()
      this.#turn = turn
      if (this.#stopping !== undefined) turn.interrupt()
      await this.#readEvents(turn)
    } catch (error) {
      if (isNanoclawError(error) && error.code === 'fenced') throw error
      await this.#serial(() => this.#fail('retryable', errorMessage(error)))
    } finally {
      clearTimeout(this.#patience)
      if (!this.#drained) this.#cut.abort()
      this.#drained = true
    }
    if (!this.#over) await this.#serial(() => this.#endEarly())
    return this.#end
  }

  /** New rows may have come: those of this origin are pushed into the turn. */
  offer(): Promise<void> {
    return this.#serial(async () => {
      if (this.#turn === undefined || this.#over) return
      const some = await this.#writes.read(() => this.#intake.candidates(false).length > 0)
      if (!some) return
      const rows = await this.#writes.claimMore()
      if (rows.length > 0) await this.#push(rows)
    })
  }

  /** The answer under way is the last: no rows are taken any more. */
  takeNoMore(): void {
    this.#intake.close()
  }

  /** Drops the conversation's memory: what this turn would remember is not kept. */
  forget(): void {
    this.#writes.forget()
  }

  /** Ends the turn without its answer. */
  stop(reason: StopReason): void {
    if (this.#stopping === 'command') return
    const isFirst = this.#stopping === undefined
    this.#stopping = reason
    if (this.#over) return
    if (!isFirst) return this.#losePatience()
    this.#intake.close()
    this.#turn?.interrupt()
    this.#losePatience()
  }

  /** Whether a person has said that it must not go on, however it ended. */
  get stoppedByCommand(): boolean {
    return this.#stopping === 'command'
  }

  /** The provider has little time left to come to its end. */
  #losePatience(): void {
    clearTimeout(this.#patience)
    const { patienceMs, stopPatienceMs } = runnerTimes
    const ms = this.stoppedByCommand ? stopPatienceMs : patienceMs
    this.#patience = setTimeout(() => this.#cut.abort(), ms)
  }

  #serial<T>(work: () => Promise<T>): Promise<T> {
    const next = this.#tail.then(work)
    this.#tail = next.catch(() => undefined)
    return next
  }

  async #start(): Promise<ProviderTurn> {
    const session = this.#session
    // As the look saw things that has led to the claim: asking anew would cost and tell nothing.
    const first = await retryBusy(
      () => readFirstPrompt(session, this.#claim, this.#ledger),
      session.wait,
    )
    if (first.hadSent) this.#output.noteAddressed()
    this.#told = first.book
    const tools = createTurnTools({
      session,
      told: first.book,
      ledger: this.#ledger,
      outgoingContext: () => this.#writes.outgoingContext(),
      isOver: () => this.#over,
      onSent: () => this.#output.noteAddressed(),
    })
    return session.provider.startTurn({
      turnId: this.#claim.turnId,
      rows: first.batch.rows,
      prompt: first.batch.prompt,
      systemAddendum: first.systemAddendum,
      continuation: first.continuation,
      tools,
      agentFolder: session.agentFolder,
      signal: this.#cut.signal,
    })
  }

  async #readEvents(turn: ProviderTurn): Promise<void> {
    const cut = new Promise<undefined>((resolve) => {
      this.#cut.signal.addEventListener('abort', () => resolve(undefined), { once: true })
    })
    const events = turn.events[Symbol.asyncIterator]()
    for (;;) {
      const next = await Promise.race([events.next(), cut])
      this.#drained = next?.done === true
      if (next === undefined || next.done === true) return
      const event = next.value
      await this.#serial(async () => {
        if (!this.#over) await this.#onEvent(event)
      })
      // The port says that nothing follows an error; a provider that lingers is not waited for.
      if (event.type === 'error') return turn.interrupt()
    }
  }

  async #onEvent(event: ProviderEvent): Promise<void> {
    switch (event.type) {
      case 'progress':
        return this.#session.log('debug', `${this.#claim.turnId} ${event.note}`)
      case 'tool':
        return await this.#writes.tool(event.name, event.state)
      case 'error':
        return await this.#fail(event.class, event.message)
      case 'result':
        return await this.#onResult(event)
    }
  }

  async #onResult(event: Extract<ProviderEvent, { type: 'result' }>): Promise<void> {
    const { inbox } = this.#session
    const through = Math.min(event.through, this.#intake.nextIndex - 1)
    const context = await this.#writes.read(() => ({
      book: createAddressBook(inbox.destinations(), this.#told),
      unaddressedTo: () =>
        inbox.unaddressedOutput() === 'origin' ? this.#writes.origin().place : undefined,
      nextIndex: this.#intake.nextIndex,
    }))
    const step = this.#output.take({ ...event, through, mark: this.#ledger.mark() }, context)
    if (step.type === 'commit') return await this.#commit(step.settled)
    if (step.type === 'wait') return
    const index = this.#intake.accept([])
    this.#turn?.push({ index, rows: [], prompt: step.prompt })
  }

  async #commit(settled: Settled): Promise<void> {
    const { over, rows } = await this.#writes.commit(settled)
    this.#over = over
    if (rows.length > 0) await this.#push(rows)
    if (!over) return
    this.#turn?.close()
    // Most are at their end at once, and need no timer.
    setImmediate(() => {
      if (!this.#drained) this.#losePatience()
    })
  }

  async #fail(kind: 'retryable' | 'fatal', message: string): Promise<void> {
    if (this.#over) return
    // Some fail when they are interrupted: that says nothing against the turn.
    if (this.#stopping === 'leaving' && kind === 'retryable') return await this.#stop('leaving')
    const { turnId, claims } = this.#claim
    this.#session.log('warn', `${turnId} ${kind} error: ${message}`)
    const end = await this.#writes.fail(kind, message, this.#output.release())
    this.#over = true
    if (end === 'over') return
    this.#end = { type: 'retry', turnId, afterMs: firstRetryMs * 2 ** (claims - 1) }
  }

  /** The events ended before the turn was over: stopped, or the provider had no word left. */
  async #endEarly(): Promise<void> {
    if (this.#stopping === undefined) {
      return await this.#fail('retryable', 'the provider ended the turn without a result')
    }
    await this.#stop(this.#stopping)
  }

  async #stop(reason: StopReason): Promise<void> {
    await this.#writes.stop(reason, this.#output.release())
    this.#over = true
  }

  async #push(rows: readonly PendingRow[]): Promise<void> {
    const turnRows = await this.#writes.read(() => {
      const book = createAddressBook(this.#session.inbox.destinations())
      return describeRows(this.#session, rows, book)
    })
    const index = this.#intake.accept(rows)
    const prompt = formatPush(turnRows, this.#session.prompt)
    this.#turn?.push({ index, rows: turnRows, prompt })
  }
}
