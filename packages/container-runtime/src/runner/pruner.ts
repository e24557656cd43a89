import type { PlainDatabase } from '@nanoclaw/schema/plain'
import type { Inbox } from './inbox.ts'
import { parseIds, type Outbox } from './outbox.ts'
import type { PruneQueries } from './prune-queries.ts'
import { statementsOf, type StatementsOf } from './statement.ts'
import { prunePlans } from './statements.generated.ts'
import { closeLedger, hasLedger } from './turn-ledger.ts'

/** What the pruner works with. */
export interface PrunerDeps {
  readonly inbox: Inbox
  readonly outbox: Outbox
  /** Removes the files that were to be sent with a message. Never throws. */
  readonly removeFiles: (messageId: string) => void
}

const kinds = ['turns', 'acks', 'messages'] as const

/** How far a pass has come. */
interface Pass {
  readonly through: number
  /** Messages only up to what the host has taken, whatever else it says. */
  readonly taken: number
  /** Index into the kinds, in their order; past the last, nothing is left. */
  kind: number
  after: number
}

/**
 * Deletes what the host has pruned of a session (session protocol §4), in bites of one small
 * transaction each. Invariants:
 * - P1 A row that still stands in `messages_in` has not ended, or is younger: its acknowledgement, its
 *   turn, and what that turn has said stay, for they tell a later run what must not be said again.
 * - P2 No message above what the host has taken is deleted.
 * - P3 A pass reads each row once, oldest first, and ends at the first that belongs to rows above the
 *   mark: its cost is what it deletes, and the few that stay among them.
 * - P4 Every bite leaves the file as a pass that goes on from its beginning may find it.
 */
export class Pruner {
  readonly #deps: PrunerDeps
  readonly #statements: StatementsOf<PruneQueries>
  #pass: Pass = { through: 0, taken: 0, kind: kinds.length, after: 0 }

  constructor(database: Pick<PlainDatabase, 'sqlite'>, deps: PrunerDeps) {
    this.#deps = deps
    this.#statements = statementsOf<PruneQueries>(database.sqlite, prunePlans)
  }

  /** Whether there is something to do. The inbox has been refreshed. May throw BUSY. */
  isWanted(): boolean {
    const { through, taken } = this.#deps.inbox.pruned()
    const limit = Math.min(through, taken)
    if (through !== this.#pass.through || limit !== this.#pass.taken) {
      this.#pass = { through, taken: limit, kind: through === 0 ? kinds.length : 0, after: 0 }
    }
    return this.#pass.kind < kinds.length
  }

  /** One bite. Throws `fenced` and SQLite's errors; then nothing has been deleted. */
  bite(): void {
    const pass = this.#pass
    const after = this.#deps.outbox.write('normal', () => {
      switch (kinds[pass.kind]) {
        case 'turns':
          return this.#turns(pass)
        case 'acks':
          return this.#acks(pass)
        default:
          return this.#messages(pass)
      }
    })
    if (after === undefined) pass.kind += 1
    pass.after = after ?? 0
  }

  /** Each gives how far it has come, or undefined at the end of its kind. */
  #turns({ after, through }: Pass): number | undefined {
    let at: number | undefined
    for (const turn of this.#statements.turnsAfter.all({ after })) {
      const seqs = parseIds(turn.messageIds).flatMap((id) => this.#deps.inbox.seqOf(id) ?? [])
      if (seqs.length > 0 && Math.min(...seqs) > through) return undefined
      at = turn.at
      if (seqs.length > 0 || turn.status === 'running') continue
      closeLedger(this.#deps.outbox, turn.turnId)
      this.#statements.deleteTurn.run({ turnId: turn.turnId })
    }
    return at
  }

  #acks({ after, through }: Pass): number | undefined {
    const { inbox, outbox } = this.#deps
    if (after === 0) {
      for (const id of outbox.waitingRows())
        if (inbox.seqOf(id) === undefined) outbox.dropWaiting(id)
    }
    let at: number | undefined
    for (const ack of this.#statements.acksAfter.all({ after })) {
      const seq = inbox.seqOf(ack.messageId)
      if (seq !== undefined && seq > through) return undefined
      at = ack.at
      if (seq === undefined) this.#statements.deleteAck.run({ id: ack.messageId })
    }
    return at
  }

  #messages({ after, taken: through }: Pass): number | undefined {
    const { outbox, removeFiles } = this.#deps
    let at: number | undefined
    for (const message of this.#statements.messagesAfter.all({ after, through })) {
      at = message.at
      const { turnId } = message
      // Turns that are over have gone before.
      if (turnId !== null && (outbox.turn(turnId) !== undefined || hasLedger(outbox, turnId)))
        continue
      removeFiles(message.id)
      this.#statements.deleteMessage.run({ id: message.id })
    }
    return at
  }
}
