import type { DeliveryStatus, Origin } from '@nanoclaw/schema'
import { ChatModel, type Words } from './chat-model.ts'

/** What the ledger says no to, by the code of its error. */
export type Refusal = 'bad-state' | 'not-found' | 'bad-content'

export interface ModelPart {
  readonly status: DeliveryStatus
  readonly attempts: number
  readonly ambiguousCount: number
  readonly error: string | null
  readonly firstSentAt: number | null
  readonly lastSentAt: number | null
}

export interface ModelRow extends ModelPart {
  readonly id: string
  readonly seq: number
  readonly origin: Origin
  readonly nextAttemptAt: number | null
  readonly deliveredAt: number | null
  readonly askedAt: number | null
}

export interface ModelInbound {
  readonly id: string
  readonly seq: number
  readonly origin: Origin | null
  readonly status: 'pending' | 'paused' | 'completed' | 'failed'
  readonly trigger: boolean
  readonly tries: number
  readonly dedupeKey: string | undefined
}

/** A change as the commands make it; what is left out stays. */
export type Change = Partial<
  Pick<ModelRow, 'attempts' | 'ambiguousCount' | 'nextAttemptAt' | 'error' | 'askedAt'>
> & { readonly status: DeliveryStatus }

export type PartChange = Pick<Change, 'status' | 'attempts'> & { readonly part: number }

export type NewRow = Pick<ModelRow, 'id' | 'seq' | 'origin' | 'status' | 'nextAttemptAt'>

/** The table, said once more and by hand; a state that names itself may change its fields. */
const ways: Readonly<Record<DeliveryStatus, string>> = {
  queued: 'queued sending retrying refused failed',
  sending: 'delivered retrying failed refused ambiguous',
  retrying: 'retrying sending failed refused',
  ambiguous: 'ambiguous sending delivered failed',
  delivered: 'delivered failed',
  failed: 'queued',
  refused: 'queued',
}

/** All that a row can be. */
export const statuses = [
  'queued',
  'sending',
  'retrying',
  'delivered',
  'failed',
  'refused',
  'ambiguous',
] as const satisfies readonly DeliveryStatus[]

const leads = (from: DeliveryStatus, to: DeliveryStatus): boolean =>
  ways[from].split(' ').includes(to)

const untouched = {
  attempts: 0,
  ambiguousCount: 0,
  error: null,
  firstSentAt: null,
  lastSentAt: null,
}

/** The ledger as a page of code: plain data, no SQL, no crash. Times are in milliseconds. */
export class LedgerModel {
  now: number
  cursor = 0
  readonly rows = new Map<string, ModelRow>()
  readonly parts = new Map<string, Map<number, ModelPart>>()
  readonly inbound = new Map<string, ModelInbound>()
  readonly #chats = new ChatModel()

  constructor(now: number) {
    this.now = now
  }

  get largestSeq(): number {
    const numbers = [...this.rows.values(), ...this.inbound.values()].map(({ seq }) => seq)
    return Math.max(this.cursor, ...numbers)
  }

  get sorted(): readonly ModelRow[] {
    return [...this.rows.values()].toSorted((a, b) => a.seq - b.seq)
  }

  /** What has not ended, put off or not; what a person is asked about is left out. */
  get unfinished(): readonly ModelRow[] {
    return this.sorted.filter(({ status, askedAt, nextAttemptAt }) => {
      if (status === 'ambiguous') return askedAt === null || nextAttemptAt !== null
      return ['queued', 'sending', 'retrying'].includes(status)
    })
  }

  isPutOff({ status, nextAttemptAt }: ModelRow): boolean {
    return status === 'queued' && nextAttemptAt !== null && nextAttemptAt > this.now
  }

  /** Where a row may go from where it is. */
  waysOf(id: string): readonly DeliveryStatus[] {
    const row = this.rows.get(id)
    return statuses.filter((to) => row !== undefined && leads(row.status, to))
  }

  append(row: Omit<ModelInbound, 'seq' | 'status' | 'tries'>): ModelInbound {
    const known = [...this.inbound.values()].find(({ dedupeKey }) => dedupeKey === row.dedupeKey)
    if (row.dedupeKey !== undefined && known !== undefined) return known
    const added = { ...row, seq: this.#nextEven(), status: 'pending' as const, tries: 0 }
    this.inbound.set(row.id, added)
    return added
  }

  take(rows: readonly NewRow[]): Refusal | undefined {
    let cursor = this.cursor
    const seen = new Set<string>()
    const added: NewRow[] = []
    for (const row of rows) {
      const known = seen.has(row.id) ? undefined : this.rows.get(row.id)
      if (known?.seq !== row.seq) {
        if (seen.has(row.id) || row.seq <= cursor) return 'bad-content'
        cursor = row.seq
      }
      seen.add(row.id)
      if (known === undefined) added.push(row)
    }
    this.cursor = cursor
    for (const row of added) this.#put(row)
    return undefined
  }

  /** With what becomes of its parts: all of it, or nothing. */
  settle(id: string, change: Change, parts: readonly PartChange[] = []): Refusal | undefined {
    const row = this.rows.get(id)
    if (row === undefined) return 'not-found'
    if (!leads(row.status, change.status)) return 'bad-state'
    const refusal = parts.length > 0 ? this.settleParts(id, parts) : undefined
    if (refusal !== undefined) return refusal
    const isSent = change.status === 'sending'
    const sent = isSent ? { ...this.#sent(row), askedAt: null } : {}
    const isDelivered = change.status === 'delivered'
    const deliveredAt = isDelivered ? (row.deliveredAt ?? this.now) : row.deliveredAt
    this.rows.set(id, { ...row, ...change, ...sent, deliveredAt })
    if (change.status === 'failed' || change.status === 'refused') this.#chats.lost(id)
    return undefined
  }

  /** All of them, or none. */
  settleParts(id: string, changes: readonly PartChange[]): Refusal | undefined {
    if (!this.rows.has(id)) return 'not-found'
    const parts = new Map(this.parts.get(id))
    for (const { part, ...change } of changes) {
      const known = parts.get(part)
      const isBeginning = change.status === 'queued' || change.status === 'sending'
      if (!(known === undefined ? isBeginning : leads(known.status, change.status))) {
        return 'bad-state'
      }
      const before = known ?? { ...untouched, status: change.status }
      const sent = change.status === 'sending' ? this.#sent(before) : {}
      parts.set(part, { ...before, ...change, ...sent })
    }
    this.parts.set(id, parts)
    return undefined
  }

  requeue(id: string): Refusal | undefined {
    const row = this.rows.get(id)
    if (row === undefined) return 'not-found'
    if (row.status === 'ambiguous' && row.askedAt !== null) {
      this.rows.set(id, { ...row, attempts: 0, nextAttemptAt: this.now })
      this.#requeueParts(id)
      return undefined
    }
    if (row.status !== 'failed' && row.status !== 'refused') return 'bad-state'
    const anew = { status: 'queued', attempts: 0, error: null } as const
    const nothing = { nextAttemptAt: null, deliveredAt: null, askedAt: null }
    this.rows.set(id, { ...row, ...anew, ...nothing })
    this.#requeueParts(id)
    return undefined
  }

  /** Ends rows; with words, gives what the host then says in chats. */
  end(ids: readonly string[], status: 'completed' | 'failed', hasWords: boolean): readonly Words[] {
    const ended = ids.flatMap((id) => {
      const row = this.inbound.get(id)
      if (row?.status !== 'pending' && row?.status !== 'paused') return []
      this.inbound.set(id, { ...row, status })
      return [row]
    })
    if (!hasWords) return []
    return ended
      .toSorted((a, b) => a.seq - b.seq)
      .flatMap(({ origin, trigger }) => {
        if (origin === null || !trigger) return []
        return status === 'failed'
          ? this.#chats.failed(origin, this.now)
          : this.#chats.answered(origin, this.now)
      })
  }

  tellUnanswered(origins: readonly Origin[]): readonly Words[] {
    return this.#chats.waiting(origins, this.now)
  }

  pause(ids: readonly string[]): readonly string[] {
    return ids.filter((id) => {
      const row = this.inbound.get(id)
      if (row?.status !== 'pending') return false
      this.inbound.set(id, { ...row, status: 'paused' })
      return true
    })
  }

  /** `copyId`: of the row that is appended where one is. */
  rerun(id: string, copyId: string): Refusal | 'pending' | 'appended' {
    const row = this.inbound.get(id)
    if (row === undefined) return 'not-found'
    if (row.status === 'paused') {
      this.#resume(row)
      return 'pending'
    }
    if (row.status !== 'failed' || !row.trigger) return 'bad-state'
    const dedupeKey = `copy of ${id}`
    const copy = this.append({ id: copyId, origin: row.origin, trigger: true, dedupeKey })
    if (copy.status === 'failed') return 'bad-state'
    return 'appended'
  }

  countTry(ids: readonly string[]): void {
    for (const id of ids) {
      const row = this.inbound.get(id)
      if (row !== undefined) this.inbound.set(id, { ...row, tries: row.tries + 1 })
    }
  }

  /** A message of the host's own, under the id that it has been given. */
  say(id: string, words: Words): void {
    const { origin } = words
    this.#put({ id, seq: this.#nextEven(), origin, status: 'queued', nextAttemptAt: null })
    this.#chats.said(id, words)
  }

  #requeueParts(id: string): void {
    for (const [part, known] of this.parts.get(id) ?? []) {
      const hasEnded = known.status === 'failed' || known.status === 'refused'
      if (hasEnded) {
        this.parts.get(id)?.set(part, { ...known, status: 'queued', attempts: 0, error: null })
      } else if (known.status === 'ambiguous') {
        this.parts.get(id)?.set(part, { ...known, attempts: 0 })
      }
    }
  }

  #nextEven(): number {
    return this.largestSeq - (this.largestSeq % 2) + 2
  }

  #put(row: NewRow): void {
    const sent = row.status === 'sending' ? this.#sent(untouched) : {}
    const { id, seq, origin, status, nextAttemptAt } = row
    const given = { id, seq, origin, status, nextAttemptAt }
    this.rows.set(id, { ...untouched, deliveredAt: null, askedAt: null, ...given, ...sent })
  }

  #sent({ firstSentAt }: Pick<ModelPart, 'firstSentAt'>) {
    return { firstSentAt: firstSentAt ?? this.now, lastSentAt: this.now }
  }

  /** What was begun together goes on together: rows of one origin, and context. */
  #resume({ origin }: ModelInbound): void {
    for (const row of this.inbound.values()) {
      const belongs =
        JSON.stringify(row.origin) === JSON.stringify(origin) ||
        (row.origin === null && !row.trigger)
      if (row.status === 'paused' && belongs) {
        this.inbound.set(row.id, { ...row, status: 'pending' })
      }
    }
  }
}
