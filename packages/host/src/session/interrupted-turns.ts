import type {
  ChatWords,
  Core,
  Delivery,
  Mailbox,
  OutboundAck,
  PendingRow,
  Rerun,
  Session,
} from '@nanoclaw/core'
import type { DrainOutcome } from './outbound-drain.ts'

const kind = 'turn-interrupted'
/** Rows that wait for a person's word are few. */
const atMost = 1_000
/** After so many claims the runner gives a row up; a container may say what it likes. */
const claimsAtMost = 5

/** What it takes to ask a person about turns that were cut off. */
export interface InterruptedTurnsDeps {
  readonly session: Session
  readonly core: Pick<Core, 'incidents'>
  readonly mailbox: Pick<Mailbox, 'countTry' | 'pause' | 'paused' | 'rerun' | 'end'>
  readonly chatWords: ChatWords | undefined
  /** The rows that have not ended. */
  pending(): readonly PendingRow[]
  /** Looks once at the outbound side. */
  drain(): Promise<DrainOutcome>
  /** The host's own messages, to be sent. */
  onSaid(said: readonly Delivery[]): void
}

interface Held {
  readonly tries: number
  readonly claim: number
}

/**
 * The turns of an agent whose operator wants to be asked (`onInterrupted: 'ask'`) before a turn that
 * was cut off runs again: its rows wait as `paused`, with an incident that says what can be done.
 */
export class InterruptedTurns {
  readonly #deps: InterruptedTurnsDeps

  constructor(deps: InterruptedTurnsDeps) {
    this.#deps = deps
  }

  /**
   * Puts aside what a container that has ended was at work on; to be called while none runs. The
   * incident comes first: a crash in between finds the rows again.
   * @throws Error when the outbound side cannot be read now: nothing may start then.
   */
  async putAside(): Promise<readonly PendingRow[]> {
    const outcome = await this.#deps.drain()
    if (outcome.outcome !== 'drained') {
      throw new Error(`what the last container was at work on cannot be read: ${outcome.outcome}`)
    }
    const held = this.#undecided(outcome.processing)
    if (held.size === 0) return []
    await this.#ask([...held.keys()])
    const paused = await this.#deps.mailbox.pause([...held.keys()])
    await this.#countThrough(held)
    return paused
  }

  /** A person wants a row answered again. Throws what `Mailbox.rerun` throws. */
  async rerun(id: string): Promise<Rerun> {
    const rerun = await this.#deps.mailbox.rerun(id)
    if (rerun.outcome === 'pending') await this.#resolveIfDone()
    return rerun
  }

  /** A person does not want them again: they end as failed, and who waits is told. False: none did. */
  async letBe(): Promise<boolean> {
    const { mailbox, chatWords, onSaid } = this.#deps
    const ids = (await mailbox.paused(atMost)).map((row) => row.id)
    if (ids.length > 0) onSaid(await mailbox.end(ids, 'failed', chatWords))
    await this.#resolveIfDone()
    return ids.length > 0
  }

  /**
   * Rows held by claims that nobody has been asked about, with the number of the claim. `tries` says
   * up to which one somebody has.
   */
  #undecided(processing: readonly OutboundAck[]): ReadonlyMap<string, Held> {
    const rows = new Map(this.#deps.pending().map((row) => [row.id, row]))
    const held = new Map<string, Held>()
    for (const { messageId, claims } of processing) {
      const tries = rows.get(messageId)?.tries ?? 0
      const claim = Math.min(Math.max(claims ?? 1, 1), claimsAtMost)
      if (tries < claim) held.set(messageId, { tries, claim })
    }
    return held
  }

  async #countThrough(held: ReadonlyMap<string, Held>): Promise<void> {
    for (let count = 0; count < claimsAtMost; count += 1) {
      const behind = [...held].filter(([, { tries, claim }]) => tries + count < claim)
      if (behind.length > 0) await this.#deps.mailbox.countTry(behind.map(([id]) => id))
    }
  }

  async #ask(ids: readonly string[]): Promise<void> {
    const { core, session } = this.#deps
    await core.incidents.open({
      kind,
      subject: session.id,
      sessionId: session.id,
      agentGroupId: session.agentGroupId,
      message:
        `a turn was cut off, and nobody knows what it had done: ${ids.join(', ')}. Run it again with ` +
        '`nanoclaw requeue <id>`, or let it be with `nanoclaw incidents --resolve <incident>`; ' +
        'then its messages end as failed',
    })
  }

  async #resolveIfDone(): Promise<void> {
    const { mailbox, core, session } = this.#deps
    if ((await mailbox.paused(1)).length === 0) await core.incidents.resolve(kind, session.id)
  }
}
