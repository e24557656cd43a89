import { createHash } from 'node:crypto'
import { z } from 'zod'
import type { Outbox } from './outbox.ts'

/**
 * What a turn remembers over a crash, beside its rows. Turns that were split from one batch share
 * the ledger of the first, so that what it had sent is not sent again by its parts.
 */
interface LedgerEntry {
  /** How often each call was made before the last result that was committed. */
  readonly counts: Record<string, number>
  /** Tools with effects that nobody can undo, begun since then. */
  readonly begun: readonly string[]
  /** Turns of this ledger that have not ended. */
  readonly open: readonly string[]
}

const entryShape = z.object({
  counts: z.record(z.string(), z.number()),
  begun: z.array(z.string()),
  open: z.array(z.string()),
})

/** Names of begun tools that are kept; a note for the model needs no more. */
const mostBegun = 50
const empty: LedgerEntry = { counts: {}, begun: [], open: [] }
const ledgerKey = (ledgerId: string): string => `ledger:${ledgerId}`
const pointerKey = (turnId: string): string => `ledger_of:${turnId}`

/** Arguments as JSON with the keys of every object in order: equal calls give equal text. */
function canonicalJson(value: unknown): string {
  return (
    JSON.stringify(value, (_key, inner: unknown) => {
      if (typeof inner !== 'object' || inner === null || Array.isArray(inner)) return inner
      return Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
    }) ?? 'null'
  )
}

function hash(parts: readonly unknown[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 32)
}

const asRecord = (counts: ReadonlyMap<string, number>): Record<string, number> =>
  Object.fromEntries(counts)

function read(outbox: Outbox, ledgerId: string): LedgerEntry {
  const value = outbox.state(ledgerKey(ledgerId))
  if (value === undefined) return empty
  const parsed = entryShape.safeParse(JSON.parse(value))
  return parsed.success ? parsed.data : empty
}

function save(outbox: Outbox, ledgerId: string, entry: LedgerEntry): void {
  outbox.setState(ledgerKey(ledgerId), JSON.stringify(entry))
}

/** The id under which a turn's messages stand: its own, or that of the turn it was split from. */
function ledgerIdOf(outbox: Outbox, turnId: string): string {
  return outbox.state(pointerKey(turnId)) ?? turnId
}

/** Notes that turns were split off `turnId`. Inside a write. */
export function shareLedger(outbox: Outbox, turnId: string, parts: readonly string[]): void {
  const ledgerId = ledgerIdOf(outbox, turnId)
  const entry = read(outbox, ledgerId)
  const open = [...new Set([...entry.open, turnId, ...parts])]
  save(outbox, ledgerId, { ...entry, open })
  for (const part of parts) outbox.setState(pointerKey(part), ledgerId)
}

/**
 * Forgets the ledger of a turn that has ended, unless others share it: those count on from
 * `counts`, what it called being its own. Inside a write.
 */
export function closeLedger(
  outbox: Outbox,
  turnId: string,
  counts?: ReadonlyMap<string, number>,
): void {
  const ledgerId = ledgerIdOf(outbox, turnId)
  const entry = read(outbox, ledgerId)
  if (ledgerId !== turnId) outbox.setState(pointerKey(turnId), undefined)
  if (entry === empty) return
  const open = entry.open.filter((id) => id !== turnId)
  if (open.length === 0) outbox.setState(ledgerKey(ledgerId), undefined)
  else save(outbox, ledgerId, { ...entry, open, ...(counts && { counts: asRecord(counts) }) })
}

/** How far a run had come when a result came. */
export interface LedgerMark {
  /** How often each call had been made. */
  readonly counts: ReadonlyMap<string, number>
  /** How many tools had been begun. */
  readonly begun: number
}

/** Counts the tool calls of one run of a turn. */
export class TurnLedger {
  readonly id: string
  /** What earlier runs had begun. */
  readonly begunBefore: readonly string[]
  readonly #outbox: Outbox
  readonly #turnId: string
  readonly #counts: Map<string, number>
  #begun = 0
  /** Whether there may be something of it in the file. */
  #stored: boolean

  /** `isNew`: no run of the turn came before, so there is nothing to look for. */
  constructor(outbox: Outbox, turnId: string, isNew: boolean) {
    this.#outbox = outbox
    this.#turnId = turnId
    this.id = isNew ? turnId : ledgerIdOf(outbox, turnId)
    const entry = isNew ? empty : read(outbox, this.id)
    this.begunBefore = entry.begun
    this.#counts = new Map(Object.entries(entry.counts))
    this.#stored = !isNew
  }

  /** `call_key`: hash(tool, canonical arguments, n-th such call of the turn). */
  nextCallKey(tool: string, args: unknown): string {
    const call = hash([tool, canonicalJson(args)])
    const nth = (this.#counts.get(call) ?? 0) + 1
    this.#counts.set(call, nth)
    return hash([call, nth])
  }

  /** Notes a tool whose effects are not ours. Inside a write. */
  begin(tool: string): void {
    this.#stored = true
    const entry = read(this.#outbox, this.id)
    save(this.#outbox, this.id, { ...entry, begun: [...entry.begun, tool].slice(-mostBegun) })
    this.#begun += 1
  }

  /** How far the run has come; to be taken when a result comes, for {@link settle}. */
  mark(): LedgerMark {
    return { counts: new Map(this.#counts), begun: this.#begun }
  }

  /** All up to a mark belongs to a committed result; a re-run counts on from there. Inside a write. */
  settle({ counts, begun }: LedgerMark): void {
    if (!this.#stored && counts.size === 0) return
    this.#stored = true
    const entry = read(this.#outbox, this.id)
    if (entry === empty && counts.size === 0) return
    const since = this.#begun - begun
    save(this.#outbox, this.id, {
      ...entry,
      begun: since === 0 ? [] : entry.begun.slice(-since),
      counts: asRecord(counts),
    })
  }

  /** The turn has ended and will not run again. Inside a write. */
  close(): void {
    if (this.#stored) closeLedger(this.#outbox, this.#turnId, this.#counts)
  }
}
