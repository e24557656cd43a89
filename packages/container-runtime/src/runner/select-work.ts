import type { PendingRow } from './inbox.ts'
import type { AckRecord } from './outbox.ts'
import { originKey } from './places.ts'

/** After this many claims a row is given up (invariant I11). */
export const mostClaims = 5
/** After this many claims a batch runs one row at a time. */
export const mostBatchClaims = 2
/** At most this many rows that ask for an answer begin a turn. */
const batchSize = 50

/** What the runner is to do next. */
export type Work =
  | { readonly type: 'idle' }
  /** A new turn over these rows, in `seq` order. */
  | { readonly type: 'begin'; readonly rows: readonly PendingRow[] }
  /** A turn that was cut off has rows left. */
  | { readonly type: 'resume'; readonly turnId: string }
  /** A row has been tried too often. */
  | { readonly type: 'give-up'; readonly row: PendingRow }

/** What selecting depends on beside the rows. */
export interface SelectContext {
  readonly ack: (id: string) => AckRecord | undefined
  /** Whether a row marked `on_wake` was there when this runner first looked. */
  readonly woken: (id: string) => boolean
  /** Whether a turn that was cut off must wait for its time. */
  readonly backingOff: (turnId: string) => boolean
}

/** A row that rides along with others and wakes nobody. */
function isContext(row: PendingRow): boolean {
  return row.trigger === 0
}

/** Notices of the host stand in the next prompt, whatever its origin. */
function isNotice(row: PendingRow): boolean {
  return isContext(row) && row.kind === 'system'
}

/** Rows marked `on_wake` are for runners that found them when they first looked. */
function isMeant(row: PendingRow, context: SelectContext): boolean {
  return row.onWake === 0 || context.woken(row.id)
}

/** Rows that no turn has held and that may run in company. */
function isFresh(row: PendingRow, context: SelectContext): boolean {
  return context.ack(row.id) === undefined && row.tries < mostBatchClaims && isMeant(row, context)
}

/**
 * The batch that `first` begins: rows of its origin up to the first that must run alone, with the
 * context that stands before the last of them, and every notice.
 */
function batchFrom(
  first: PendingRow,
  rows: readonly PendingRow[],
  context: SelectContext,
): PendingRow[] {
  const key = originKey(first)
  const taken: PendingRow[] = []
  let riding: PendingRow[] = []
  let triggers = 0
  for (const row of rows) {
    if (isNotice(row)) {
      if (isFresh(row, context)) taken.push(row)
      continue
    }
    if (originKey(row) !== key) continue
    if (isContext(row)) {
      if (isFresh(row, context)) riding.push(row)
      continue
    }
    if (triggers === batchSize || row.seq < first.seq) continue
    if (!isMeant(row, context)) continue
    if (!isFresh(row, context)) break
    taken.push(...riding, row)
    riding = []
    triggers += 1
  }
  return taken.sort((a, b) => a.seq - b.seq)
}

/**
 * Chooses from the due rows, which are in `seq` order and have no final acknowledgement. Pure: it
 * is asked again after every turn.
 */
export function selectWork(rows: readonly PendingRow[], context: SelectContext): Work {
  const waiting = new Set<string>()
  // A turn runs for what asks for an answer: what only rode along does not begin it again.
  const asking = new Set<string>()
  for (const row of rows) {
    const turnId = isContext(row) ? undefined : context.ack(row.id)?.turnId
    if (turnId) asking.add(turnId)
  }
  for (const row of rows) {
    const key = originKey(row)
    if (waiting.has(key)) continue
    const turnId = context.ack(row.id)?.turnId ?? undefined
    if (turnId !== undefined) {
      if (!asking.has(turnId)) continue
      if (!context.backingOff(turnId)) return { type: 'resume', turnId }
      waiting.add(key)
      continue
    }
    if (isContext(row) || !isMeant(row, context)) continue
    if (row.tries >= mostClaims) return { type: 'give-up', row }
    if (row.tries >= mostBatchClaims) return { type: 'begin', rows: [row] }
    const batch = batchFrom(row, rows, context)
    return { type: 'begin', rows: batch.length === 0 ? [row] : batch }
  }
  return { type: 'idle' }
}

/** Rows of a running turn's origin that may be pushed into it; empty when others go first. */
export function selectPush(
  rows: readonly PendingRow[],
  key: string,
  context: SelectContext,
  fair: boolean,
): readonly PendingRow[] {
  const candidates = rows.filter((row) => context.ack(row.id) === undefined)
  const asking = candidates.filter((row) => !isContext(row) && isMeant(row, context))
  const next = asking[0]
  const first = asking.find((row) => originKey(row) === key)
  if (first === undefined || next === undefined) return []
  if (fair && next !== first) return []
  if (first.tries >= mostBatchClaims) return []
  return batchFrom(first, candidates, context)
}
