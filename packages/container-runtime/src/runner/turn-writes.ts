import type { SyncMode } from '@nanoclaw/schema'
import { claimSync, stoppedByCommand, type Claim } from './claim.ts'
import type { PendingRow } from './inbox.ts'
import { insertOutgoing, type OutgoingContext } from './outgoing.ts'
import { turnOrigin, type TurnOrigin } from './places.ts'
import { retryBusy } from './retry-busy.ts'
import { mostClaims } from './select-work.ts'
import { continuationKey, type RunnerSession } from './session.ts'
import type { TurnIntake } from './turn-intake.ts'
import type { TurnLedger } from './turn-ledger.ts'
import type { Settled } from './turn-output.ts'

/** Why a turn is stopped from outside: a person said so, or the runner is leaving. */
export type StopReason = 'command' | 'leaving'

/** What became of a turn that failed: over, or to be tried again. */
export type FailedTurn = 'over' | 'waits'

/** What the writes of a turn are about. */
export interface TurnWritesDeps {
  readonly session: RunnerSession
  readonly claim: Claim
  readonly ledger: TurnLedger
  readonly intake: TurnIntake
}

/**
 * All that one turn writes. Each method but `read` is one transaction: messages, the ends of rows,
 * the continuation and the turn's own state are committed together or not at all (I4).
 */
export class TurnWrites {
  readonly #deps: TurnWritesDeps
  #forgetting = false

  constructor(deps: TurnWritesDeps) {
    this.#deps = deps
  }

  /** What the turn would remember of the conversation is not kept. */
  forget(): void {
    this.#forgetting = true
  }

  /** Reads, as often as a lock is in the way, from what the host has written by now. */
  read<T>(work: () => T): Promise<T> {
    const { inbox, wait } = this.#deps.session
    return retryBusy(() => {
      inbox.refresh()
      return work()
    }, wait)
  }

  /** A tool with effects that nobody can undo begins or has ended. */
  async tool(name: string, state: 'begun' | 'ended'): Promise<void> {
    const { outbox } = this.#deps.session
    await this.#write('normal', () => {
      if (state === 'begun') this.#deps.ledger.begin(name)
      outbox.setCurrentTool(state === 'begun' ? name : null)
    })
  }

  /** Takes new rows of the turn's origin; the intake is to be told of them. */
  claimMore(): Promise<readonly PendingRow[]> {
    const sync = (): SyncMode => claimSync(this.#deps.session.inbox)
    return this.#write(sync, () => this.#deps.intake.claim(false))
  }

  /**
   * Commits a result. When it has answered all, more rows are taken, or the turn ends: one step, so
   * that no row comes in between.
   */
  async commit(settled: Settled): Promise<{ readonly over: boolean; rows: readonly PendingRow[] }> {
    const { session, intake, ledger, claim } = this.#deps
    const waiting = intake.unansweredAfter(settled.through).length > 0
    const rows = await this.#write('full', () => {
      this.#writeSettled(settled)
      const more = waiting ? [] : intake.claim(true)
      if (waiting || more.length > 0) {
        ledger.settle(settled.mark)
      } else {
        session.outbox.endTurn(claim.turnId, 'completed', null)
        ledger.close()
      }
      return more
    })
    intake.forgetThrough(settled.through)
    session.ringHost()
    return { over: !waiting && rows.length === 0, rows }
  }

  /** The provider failed. `held`: a result that was held back, which counts all the same. */
  async fail(
    kind: 'retryable' | 'fatal',
    message: string,
    held: Settled | undefined,
  ): Promise<FailedTurn> {
    const { claim, ledger, session } = this.#deps
    const { outbox, ringHost } = session
    const { turnId, claims } = claim
    const final = kind === 'fatal' || claims >= mostClaims
    const tries = kind === 'retryable' && final ? ` (given up after ${claims} tries)` : ''
    const over = await this.#write('full', () => {
      const rows = this.#writeHeld(held)
      const status = final ? 'failed' : 'interrupted'
      outbox.endTurn(turnId, rows.length === 0 ? 'completed' : status, `${message}${tries}`)
      for (const row of rows) {
        if (final) outbox.setAck(row.id, 'failed', turnId)
        else outbox.release(row.id, turnId)
      }
      if (final || rows.length === 0) ledger.close()
      outbox.setCurrentTool(null)
      return final || rows.length === 0
    })
    ringHost()
    return over ? 'over' : 'waits'
  }

  /**
   * The turn was stopped before its answer. Rows that a person stopped have ended. Those of a runner
   * that leaves wait for the next one; or, where a person is asked about turns that were cut off,
   * they stay claimed, which is how the host knows them. The claim of one that leaves does not count:
   * what hangs or dies never comes here.
   */
  async stop(reason: StopReason, held: Settled | undefined): Promise<void> {
    const { claim, ledger, session } = this.#deps
    const { inbox, outbox, ringHost } = session
    const { turnId } = claim
    const byCommand = reason === 'command'
    await this.#write('full', () => {
      const rows = this.#writeHeld(held)
      const error = byCommand ? stoppedByCommand : 'the runner was asked to end'
      outbox.endTurn(turnId, 'interrupted', error)
      for (const row of rows) {
        if (byCommand) outbox.setAck(row.id, 'completed', turnId)
        else if (inbox.onInterrupted() === 'rerun') outbox.release(row.id, turnId)
      }
      if (byCommand) ledger.close()
      else outbox.takeClaimBack(turnId)
      outbox.setCurrentTool(null)
    })
    ringHost()
  }

  /** Where the turn comes from. */
  origin(): TurnOrigin {
    const { rows } = this.#deps.intake
    const asking = rows.findLast((row) => row.trigger !== 0) ?? rows.at(-1)
    return turnOrigin(asking, () => this.#deps.session.inbox.routing())
  }

  /** What decides how a message of the turn is written now. */
  outgoingContext(): OutgoingContext {
    const { inbox, outbox, ids } = this.#deps.session
    const { rows } = this.#deps.intake
    return { inbox, outbox, ids, origin: this.origin(), rows, ledgerId: this.#deps.ledger.id }
  }

  #write<T>(sync: SyncMode | (() => SyncMode), work: () => T): Promise<T> {
    const { inbox, outbox, wait } = this.#deps.session
    return retryBusy(
      () =>
        outbox.write(typeof sync === 'string' ? sync : sync(), () => {
          inbox.refresh()
          return work()
        }),
      wait,
    )
  }

  /** Inside a write. */
  #writeSettled(settled: Settled): void {
    const { session, intake, claim } = this.#deps
    const { outbox, provider } = session
    const context = this.outgoingContext()
    for (const outgoing of settled.outgoing) insertOutgoing(outgoing, null, context)
    for (const row of intake.unansweredThrough(settled.through)) {
      outbox.setAck(row.id, 'completed', claim.turnId)
    }
    if (settled.continuation !== undefined && !this.#forgetting) {
      outbox.setState(continuationKey(provider), settled.continuation)
    }
  }

  /** Commits what was held back; returns the rows that nothing has answered. Inside a write. */
  #writeHeld(held: Settled | undefined): readonly PendingRow[] {
    const { intake, ledger } = this.#deps
    if (held === undefined) return intake.unansweredAfter(-1)
    this.#writeSettled(held)
    ledger.settle(held.mark)
    return intake.unansweredAfter(held.through)
  }
}
