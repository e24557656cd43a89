import { errorMessage, isNanoclawError, runnerExit, type SyncMode } from '@nanoclaw/schema'
import { beginTurn, claimSync, endNext, endWaiting, giveUp, resumeTurn } from './claim.ts'
import type { Claim } from './claim.ts'
import { readOpenRows, type CommandRow } from './read-rows.ts'
import { retryBusy } from './retry-busy.ts'
import { runnerTimes } from './runner-times.ts'
import { selectWork, type Work } from './select-work.ts'
import { continuationKey, type RunnerSession } from './session.ts'
import { TurnRun } from './turn-run.ts'

/** Between two bites of pruning; one takes about a millisecond. */
const betweenBitesMs = 10

/** Times of a runner, in milliseconds. */
export interface RunnerOptions {
  /** How often to look without having been rung. Default 1500. */
  readonly slowPollMs?: number
  /** How long the running turn may still take when the host has hung up. Default 7,000. */
  readonly graceMs?: number
}

/** What a lock or a disk prevents is made later; a commit says what is wrong with the disk. */
function tryCheckpoint({ outbox, log }: RunnerSession): void {
  try {
    outbox.checkpoint()
  } catch (error) {
    log('debug', `no checkpoint: ${errorMessage(error)}`)
  }
}

/**
 * The loop of a session's container. It waits for a ring (or the slow poll, which makes the ring
 * a mere hint), claims what is due, and runs one turn at a time; while one runs, commands are
 * obeyed and new rows of its origin are pushed into it.
 */
export class Runner {
  readonly #session: RunnerSession
  readonly #slowPollMs: number
  readonly #graceMs: number
  readonly #backingOff = new Set<string>()
  readonly #timers = new Set<ReturnType<typeof setTimeout>>()
  #wake: (() => void) | undefined
  #rung = true
  /** Rows for a new runner only, that were there when it first looked. */
  #woken: ReadonlySet<string> | undefined
  #leaving = false
  #isHurried = false
  #hasClaimed = false
  #isQuiet = false
  #pruning: 'not' | 'paused' | 'due' = 'not'
  #turn: TurnRun | undefined
  #failure: { readonly error: unknown } | undefined

  constructor(session: RunnerSession, options: RunnerOptions = {}) {
    this.#session = session
    this.#slowPollMs = options.slowPollMs ?? 1500
    this.#graceMs = options.graceMs ?? runnerTimes.graceMs
  }

  /** There may be something new. */
  ring(): void {
    this.#isQuiet = false
    this.#rouse()
  }

  #rouse(): void {
    this.#rung = true
    this.#wake?.()
  }

  /** Nothing since the last poll: time for what would be in a message's way. */
  #poll(): void {
    if (this.#isQuiet && this.#turn === undefined) tryCheckpoint(this.#session)
    this.#isQuiet = true
    this.#rouse()
  }

  /** Finish the running turn, however long it takes, then end. */
  leave(): void {
    if (this.#leaving) return
    this.#leaving = true
    this.#turn?.takeNoMore()
    this.ring()
  }

  /** Finish the running turn within the grace time, then end. */
  finish(): void {
    this.leave()
    if (this.#isHurried) return
    this.#isHurried = true
    this.#after(this.#graceMs, () => this.#turn?.stop('leaving'))
  }

  /**
   * Takes the session over and works until it is asked to finish. Resolves with the exit code: 0,
   * or 75 when a later start owns the session. Rejects with whatever else went wrong.
   */
  async run(): Promise<number> {
    const poll = setInterval(() => this.#poll(), this.#slowPollMs)
    try {
      await retryBusy(() => this.#session.outbox.takeOver(), this.#session.wait)
      while (!this.#leaving || this.#turn !== undefined) {
        if (!this.#rung) await this.#nextRing()
        this.#rung = false
        await this.#step()
        if (this.#failure !== undefined) throw this.#failure.error
      }
      return runnerExit.ok
    } catch (error) {
      if (!isNanoclawError(error) || error.code !== 'fenced') throw error
      this.#session.log('warn', error.message)
      return runnerExit.fenced
    } finally {
      clearInterval(poll)
      for (const timer of this.#timers) clearTimeout(timer)
      this.#turn?.stop('leaving')
    }
  }

  #nextRing(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = () => {
        this.#wake = undefined
        resolve()
      }
    })
  }

  #after(ms: number, work: () => void): void {
    const timer = setTimeout(() => {
      this.#timers.delete(timer)
      work()
    }, ms)
    this.#timers.add(timer)
  }

  /** One look at the databases, and what follows from it. */
  async #step(): Promise<void> {
    const { commands, work } = await retryBusy(() => this.#look(), this.#session.wait)
    if (commands.length > 0) {
      await this.#obey(commands, work)
      this.#rung = true
      return
    }
    if (this.#turn !== undefined) return await this.#turn.offer()
    if (work.type === 'idle') return await this.#prune()
    const claim = await this.#claim(work)
    if (claim === undefined) {
      this.#session.ringHost()
      this.#rung = true
    } else {
      this.#begin(claim)
    }
  }

  /** In time that nobody needs: a bite, a pause, and the next when there is still nothing else to do. */
  async #prune(): Promise<void> {
    const { pruner, wait } = this.#session
    if (this.#pruning === 'paused' || this.#leaving || !pruner.isWanted()) return
    if (this.#pruning === 'due') await retryBusy(() => pruner.bite(), wait)
    this.#pruning = 'paused'
    this.#after(betweenBitesMs, () => {
      this.#pruning = 'due'
      this.ring()
    })
  }

  readonly #isWoken = (id: string): boolean => this.#woken?.has(id) === true

  #look(): { readonly commands: readonly CommandRow[]; readonly work: Work } {
    const { inbox, outbox, clock } = this.#session
    inbox.refresh()
    const { commands, rows } = readOpenRows(inbox, outbox, clock)
    this.#woken ??= new Set(rows.filter((row) => row.onWake === 1).map((row) => row.id))
    const mayWork = this.#turn === undefined && !this.#leaving
    const work: Work = mayWork
      ? selectWork(rows, {
          ack: (id) => outbox.ack(id),
          woken: this.#isWoken,
          backingOff: (turnId) => this.#backingOff.has(turnId),
        })
      : { type: 'idle' }
    // Every write asks this too; asked here, a runner that idles learns that it is over.
    if (work.type === 'idle') outbox.assertOwner()
    return { commands, work }
  }

  /**
   * A claim survives a kill. A runner's first survives a power cut, too: what brings the machine down
   * is the first that the next one claims, and would never be counted otherwise (I11).
   */
  async #claim(work: Exclude<Work, { type: 'idle' }>): Promise<Claim | undefined> {
    const { inbox, outbox, ids, clock, wait } = this.#session
    const write = (): Claim | undefined => {
      // Asked to end while a lock was in the way.
      if (this.#leaving) return undefined
      switch (work.type) {
        case 'begin':
          return beginTurn(outbox, ids, work.rows)
        case 'resume': {
          const due = readOpenRows(inbox, outbox, clock).rows
          return resumeTurn(outbox, ids, work.turnId, due)
        }
        case 'give-up':
          giveUp(outbox, ids.next('turn'), [work.row], null)
          return undefined
      }
    }
    const sync = (): SyncMode => (this.#hasClaimed ? claimSync(inbox) : 'full')
    const claim = await retryBusy(() => outbox.write(sync(), write), wait)
    this.#hasClaimed = true
    return claim
  }

  #begin(claim: Claim): void {
    const turn = new TurnRun(this.#session, claim, this.#isWoken)
    this.#turn = turn
    void turn
      .run()
      .then((end) => {
        if (end.type !== 'retry') return undefined
        if (turn.stoppedByCommand) return this.#endWaiting(end.turnId)
        this.#backingOff.add(end.turnId)
        this.#after(end.afterMs, () => {
          this.#backingOff.delete(end.turnId)
          this.ring()
        })
        return undefined
      })
      .catch((error: unknown) => {
        this.#failure = { error }
      })
      .finally(() => {
        this.#turn = undefined
        this.ring()
      })
  }

  /** A turn that failed while it was being stopped does not come again. */
  async #endWaiting(turnId: string): Promise<void> {
    const { outbox, wait, ringHost } = this.#session
    await retryBusy(() => outbox.write('normal', () => endWaiting(outbox, turnId)), wait)
    ringHost()
  }

  /** `next`: what would run now. */
  async #obey(commands: readonly CommandRow[], next: Work): Promise<void> {
    const { outbox, provider, log, ids, ringHost, wait } = this.#session
    const stop = commands.findLast(({ command }) => command === 'stop')
    const waiting = stop === undefined ? [] : [...this.#backingOff]
    const write = (): void => {
      for (const turnId of waiting) endWaiting(outbox, turnId)
      if (stop !== undefined && waiting.length === 0) endNext(outbox, ids, next, stop.seq)
      for (const { id, command } of commands) {
        outbox.setAck(id, 'completed', null)
        if (command === 'clear') outbox.setState(continuationKey(provider), undefined)
      }
    }
    for (const { command } of commands) {
      log('info', `command: ${command}`)
      if (command === 'compact') {
        log('warn', `compact: the provider ${provider.name} cannot; its conversation is unchanged`)
      }
      if (command === 'clear') this.#turn?.forget()
      if (command === 'stop') this.#turn?.stop('command')
    }
    await retryBusy(() => outbox.write('normal', write), wait)
    for (const turnId of waiting) this.#backingOff.delete(turnId)
    ringHost()
  }
}
