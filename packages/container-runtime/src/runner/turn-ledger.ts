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
  /** Where turns share it: how often each call was made since then, by the one that runs. */
  readonly made?: Record<string, number> | undefined
}

const isTexts = (value: unknown): boolean =>
  Array.isArray(value) && value.every((one) => typeof one === 'string')

const isCounts = (value: unknown): boolean =>
  typeof value === 'object' &&
  value !== null &&
  !Array.isArray(value) &&
  Object.values(value).every((one) => typeof one === 'number')

function isEntry(value: unknown): value is LedgerEntry {
  if (typeof value !== 'object' || value === null) return false
  const { counts, begun, open, made }: { [Name in keyof LedgerEntry]?: unknown } = value
  return (
    isCounts(counts) && isTexts(begun) && isTexts(open) && (made === undefined || isCounts(made))
  )
}

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
  // Loaded with the first call that is counted: it takes a start 10 ms.
  const crypto = process.getBuiltinModule('node:crypto')
  return crypto.hash('sha256', JSON.stringify(parts)).slice(0, 32)
}

const asRecord = (counts: ReadonlyMap<string, number>): Record<string, number> =>
  Object.fromEntries(counts)

function read(outbox: Outbox, ledgerId: string): LedgerEntry {
  const value = outbox.state(ledgerKey(ledgerId))
  if (value === undefined) return empty
  const entry: unknown = JSON.parse(value)
  return isEntry(entry) ? entry : empty
}

function save(outbox: Outbox, ledgerId: string, entry: LedgerEntry): void {
  outbox.setState(ledgerKey(ledgerId), JSON.stringify(entry))
}

/** The id under which a turn's messages stand: its own, or that of the turn it was split from. */
function ledgerIdOf(outbox: Outbox, turnId: string): string {
  return outbox.state(pointerKey(turnId)) ?? turnId
}

/** Whether turns that have not ended count on from what was said under this id. */
export function hasLedger(outbox: Outbox, ledgerId: string): boolean {
  return outbox.state(ledgerKey(ledgerId)) !== undefined
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
 * Forgets the ledger of a turn that has ended, unless others share it: those count on from all that
 * this one called, its own `counts` and what its runs before that died had made. Inside a write.
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
  if (open.length === 0) return outbox.setState(ledgerKey(ledgerId), undefined)
  save(outbox, ledgerId, { ...entry, open, counts: calledIn(entry, counts), made: undefined })
}

function calledIn(
  { counts, made = {} }: LedgerEntry,
  now: ReadonlyMap<string, number> = new Map(),
): Record<string, number> {
  const calls = new Map(Object.entries(counts))
  for (const [call, nth] of [...Object.entries(made), ...now]) {
    calls.set(call, Math.max(nth, calls.get(call) ?? 0))
  }
  return asRecord(calls)
}

/** How far a run had come when a result came. */
export interface LedgerMark {
  /** How often each call had been made. */
  readonly counts: ReadonlyMap<string, number>
  /** How many tools had been begun. */
  readonly begun: number
}

/** One call of a tool that sends. */
export interface CountedCall {
  /** The same for every call of the tool with these arguments. */
  readonly call: string
  /** The how many-th such call of the turn it is. */
  readonly nth: number
  readonly key: string
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

  /** Counts a call: its `call_key` is hash(tool, canonical arguments, n-th such call of the turn). */
  nextCall(tool: string, args: unknown): CountedCall {
    const call = hash([tool, canonicalJson(args)])
    const nth = (this.#counts.get(call) ?? 0) + 1
    this.#counts.set(call, nth)
    return { call, nth, key: hash([call, nth]) }
  }

  /** Notes a call as the turn's own, for the turns that share the ledger. Inside a write. */
  made({ call, nth }: CountedCall): void {
    if (!this.#stored) return
    const entry = read(this.#outbox, this.id)
    if (entry.open.length === 0) return
    save(this.#outbox, this.id, { ...entry, made: { ...entry.made, [call]: nth } })
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
      made: undefined,
    })
  }

  /** The turn has ended and will not run again. Inside a write. */
  close(): void {
    if (this.#stored) closeLedger(this.#outbox, this.#turnId, this.#counts)
  }
}
