import { errorMessage, isNanoclawError, type SyncMode } from '@nanoclaw/schema'
import { formatPush } from '../prompt/format-prompt.ts'
import type { ProviderEvent, ProviderTurn } from '../provider.ts'
import { stoppedByCommand, type Claim } from './claim.ts'
import type { PendingRow } from './inbox.ts'
import { insertOutgoing, type OutgoingContext } from './outgoing.ts'
import { createAddressBook, turnOrigin, type TurnOrigin } from './places.ts'
import { retryBusy } from './retry-busy.ts'
import { runnerTimes } from './runner-times.ts'
import { mostClaims } from './select-work.ts'
import { continuationKey, type RunnerSession } from './session.ts'
import { TurnIntake } from './turn-intake.ts'
import { TurnLedger } from './turn-ledger.ts'
import { TurnOutput, type Settled } from './turn-output.ts'
import { describeRows, readFirstPrompt } from './turn-prompt.ts'
import { createTurnTools } from './turn-tools.ts'

/** How a turn ended: done with, or to be tried again after a while. */
export type TurnEnd =
  | { readonly type: 'ended' }
  | { readonly type: 'retry'; readonly turnId: string; readonly afterMs: number }

/** Why a turn is stopped from outside: a person said so, or the runner is leaving. */
export type StopReason = 'command' | 'leaving'

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
  readonly #cut = new AbortController()
  #turn: ProviderTurn | undefined
  #tail: Promise<unknown> = Promise.resolve()
  #over = false
  #end: TurnEnd = { type: 'ended' }
  #stopping: StopReason | undefined
  #forgetting = false
  /** The provider has come to its end, or was cut off. */
  #drained = false
  #patience: ReturnType<typeof setTimeout> | undefined

  constructor(session: RunnerSession, claim: Claim, woken: (id: string) => boolean) {
    this.#session = session
    this.#claim = claim
    this.#ledger = new TurnLedger(session.outbox, claim.turnId, claim.claims === 1)
    this.#intake = new TurnIntake(session, claim, woken)
    this.#output = new TurnOutput((message) => session.log('info', `${claim.turnId} ${message}`))
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
      const some = await this.#read(() => this.#intake.candidates(false).length > 0)
      if (!some) return
      const rows = await this.#write('normal', () => this.#intake.claim(false))
      if (rows.length > 0) await this.#push(rows)
    })
  }

  /** The answer under way is the last: no rows are taken any more. */
  takeNoMore(): void {
    this.#intake.close()
  }

  /** Drops the conversation's memory: what this turn would remember is not kept. */
  forget(): void {
    this.#forgetting = true
  }

  /** Ends the turn without its answer. */
  stop(reason: StopReason): void {
    if (this.#stopping === 'command') return
    const isFirst = this.#stopping === undefined
    this.#stopping = reason
    if (this.#over || !isFirst) return
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
    this.#patience = setTimeout(() => this.#cut.abort(), runnerTimes.patienceMs)
  }

  #serial<T>(work: () => Promise<T>): Promise<T> {
    const next = this.#tail.then(work)
    this.#tail = next.catch(() => undefined)
    return next
  }

  #write<T>(sync: SyncMode, work: () => T): Promise<T> {
    const { inbox, outbox, wait } = this.#session
    return retryBusy(
      () =>
        outbox.write(sync, () => {
          inbox.refresh()
          return work()
        }),
      wait,
    )
  }

  #read<T>(work: () => T): Promise<T> {
    const { inbox, wait } = this.#session
    const read = (): T => {
      inbox.refresh()
      return work()
    }
    return retryBusy(read, wait)
  }

  async #start(): Promise<ProviderTurn> {
    const { provider, agentFolder } = this.#session
    const first = await this.#read(() => readFirstPrompt(this.#session, this.#claim, this.#ledger))
    if (first.hadSent) this.#output.noteAddressed()
    const tools = createTurnTools({
      session: this.#session,
      ledger: this.#ledger,
      outgoingContext: () => this.#outgoingContext(),
      isOver: () => this.#over,
      onSent: () => this.#output.noteAddressed(),
    })
    return provider.startTurn({
      turnId: this.#claim.turnId,
      rows: first.batch.rows,
      prompt: first.batch.prompt,
      systemAddendum: first.systemAddendum,
      continuation: first.continuation,
      tools,
      agentFolder,
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
        return await this.#write('normal', () => {
          if (event.state === 'begun') this.#ledger.begin(event.name)
          this.#session.outbox.setCurrentTool(event.state === 'begun' ? event.name : null)
        })
      case 'error':
        return await this.#fail(event.class, event.message)
      case 'result':
        return await this.#onResult(event)
    }
  }

  async #onResult(event: Extract<ProviderEvent, { type: 'result' }>): Promise<void> {
    const { inbox } = this.#session
    const through = Math.min(event.through, this.#intake.nextIndex - 1)
    const context = await this.#read(() => ({
      book: createAddressBook(inbox.destinations()),
      unaddressedTo: () =>
        inbox.unaddressedOutput() === 'origin' ? this.#origin().place : undefined,
      nextIndex: this.#intake.nextIndex,
    }))
    const step = this.#output.take({ ...event, through, mark: this.#ledger.mark() }, context)
    if (step.type === 'commit') return await this.#commit(step.settled)
    if (step.type === 'wait') return
    const index = this.#intake.accept([])
    this.#turn?.push({ index, rows: [], prompt: step.prompt })
  }

  /** Messages, acknowledgements, continuation and the turn's next state: one transaction. */
  async #commit(settled: Settled): Promise<void> {
    const { outbox } = this.#session
    const waiting = this.#intake.unansweredAfter(settled.through).length > 0
    const claimed = await this.#write('full', () => {
      this.#writeSettled(settled)
      const rows = waiting ? [] : this.#intake.claim(true)
      if (waiting || rows.length > 0) {
        this.#ledger.settle(settled.mark)
      } else {
        outbox.endTurn(this.#claim.turnId, 'completed', null)
        this.#ledger.close()
      }
      return rows
    })
    this.#intake.forgetThrough(settled.through)
    if (!waiting && claimed.length === 0) this.#over = true
    this.#session.ringHost()
    if (claimed.length > 0) await this.#push(claimed)
    if (!this.#over) return
    this.#turn?.close()
    // Most are at their end at once, and need no timer.
    setImmediate(() => {
      if (!this.#drained) this.#losePatience()
    })
  }

  /** Inside a write. */
  #writeSettled(settled: Settled): void {
    const { outbox, provider } = this.#session
    const context = this.#outgoingContext()
    for (const outgoing of settled.outgoing) insertOutgoing(outgoing, null, context)
    for (const row of this.#intake.unansweredThrough(settled.through)) {
      outbox.setAck(row.id, 'completed', this.#claim.turnId)
    }
    if (settled.continuation !== undefined && !this.#forgetting) {
      outbox.setState(continuationKey(provider), settled.continuation)
    }
  }

  /** Commits what was held back; returns the rows that nothing has answered. Inside a write. */
  #writeHeld(held: Settled | undefined): readonly PendingRow[] {
    if (held === undefined) return this.#intake.unansweredAfter(-1)
    this.#writeSettled(held)
    this.#ledger.settle(held.mark)
    return this.#intake.unansweredAfter(held.through)
  }

  async #fail(kind: 'retryable' | 'fatal', message: string): Promise<void> {
    if (this.#over) return
    const { outbox, log, ringHost } = this.#session
    const { turnId, claims } = this.#claim
    const held = this.#output.release()
    const final = kind === 'fatal' || claims >= mostClaims
    const tries = kind === 'retryable' && final ? ` (given up after ${claims} tries)` : ''
    log('warn', `${turnId} ${kind} error: ${message}`)
    const answered = await this.#write('full', () => {
      const rows = this.#writeHeld(held)
      const status = final ? 'failed' : 'interrupted'
      outbox.endTurn(turnId, rows.length === 0 ? 'completed' : status, `${message}${tries}`)
      for (const row of rows) {
        if (final) outbox.setAck(row.id, 'failed', turnId)
        else outbox.release(row.id, turnId)
      }
      if (final || rows.length === 0) this.#ledger.close()
      outbox.setCurrentTool(null)
      return rows.length === 0
    })
    this.#over = true
    ringHost()
    if (final || answered) return
    this.#end = { type: 'retry', turnId, afterMs: firstRetryMs * 2 ** (claims - 1) }
  }

  /** The events ended before the turn was over: stopped, or the provider had no word left. */
  async #endEarly(): Promise<void> {
    if (this.#stopping === undefined) {
      return await this.#fail('retryable', 'the provider ended the turn without a result')
    }
    const { outbox } = this.#session
    const { turnId } = this.#claim
    const byCommand = this.#stopping === 'command'
    const held = this.#output.release()
    await this.#write('full', () => {
      const rows = this.#writeHeld(held)
      const reason = byCommand ? stoppedByCommand : 'the runner was asked to end'
      outbox.endTurn(turnId, 'interrupted', reason)
      for (const row of rows) {
        if (byCommand) outbox.setAck(row.id, 'completed', turnId)
        else outbox.release(row.id, turnId)
      }
      if (byCommand) this.#ledger.close()
      outbox.setCurrentTool(null)
    })
    this.#over = true
    this.#session.ringHost()
  }

  async #push(rows: readonly PendingRow[]): Promise<void> {
    const turnRows = await this.#read(() => {
      const book = createAddressBook(this.#session.inbox.destinations())
      return describeRows(this.#session, rows, book)
    })
    const index = this.#intake.accept(rows)
    const prompt = formatPush(turnRows, this.#session.prompt)
    this.#turn?.push({ index, rows: turnRows, prompt })
  }

  #origin(): TurnOrigin {
    const { rows } = this.#intake
    const asking = rows.findLast((row) => row.trigger !== 0) ?? rows.at(-1)
    return turnOrigin(asking, () => this.#session.inbox.routing())
  }

  #outgoingContext(): OutgoingContext {
    const { inbox, outbox, ids } = this.#session
    const { rows } = this.#intake
    return { inbox, outbox, ids, origin: this.#origin(), rows, ledgerId: this.#ledger.id }
  }
}
