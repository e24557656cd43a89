import { placeKey, type Ids, type SyncMode } from '@nanoclaw/schema'
import type { Inbox, PendingRow } from './inbox.ts'
import type { Outbox } from './outbox.ts'
import { placeOf } from './places.ts'
import { mostBatchClaims, mostClaims, type Work } from './select-work.ts'
import { closeLedger, shareLedger } from './turn-ledger.ts'

/** A turn that may run now. */
export interface Claim {
  readonly turnId: string
  /** How often it has been claimed, this time included. */
  readonly claims: number
  /** No run of the turn came before, not even one that was asked to end. */
  readonly isFirst: boolean
  /** In `seq` order. */
  readonly rows: readonly PendingRow[]
  /** It has failed with company: no rows are pushed into it. */
  readonly alone: boolean
}

/** What the record of a turn says that a person has stopped. */
export const stoppedByCommand = 'stopped by command'

/**
 * How a claim is synced. Where a person is asked before a turn runs again, what a power cut took back
 * would run again unasked. May throw BUSY.
 */
export function claimSync(inbox: Pick<Inbox, 'onInterrupted'>): SyncMode {
  return inbox.onInterrupted() === 'ask' ? 'full' : 'normal'
}

/** Key of the thread that the conversation with a place is in. */
function threadKey(row: PendingRow): string | undefined {
  const place = placeOf(row)
  return place === undefined ? undefined : `thread:${placeKey(place)}`
}

function noteThread(outbox: Outbox, rows: readonly PendingRow[]): void {
  const row = rows.findLast((candidate) => placeOf(candidate) !== undefined)
  const key = row === undefined ? undefined : threadKey(row)
  if (row === undefined || key === undefined) return
  const known = outbox.state(key)
  const now = JSON.stringify(row.threadId)
  if (known !== now && !(known === undefined && row.threadId === null)) outbox.setState(key, now)
}

function take(outbox: Outbox, claim: Claim): Claim {
  const messageIds = claim.rows.map((row) => row.id)
  outbox.setTurn({ turnId: claim.turnId, claims: claim.claims, messageIds, status: 'running' })
  for (const id of messageIds) outbox.setAck(id, 'processing', claim.turnId)
  noteThread(outbox, claim.rows)
  return claim
}

/** Claims rows for a new turn. Inside a write. */
export function beginTurn(outbox: Outbox, ids: Ids, rows: readonly PendingRow[]): Claim {
  const alone = rows.some((row) => row.tries >= mostBatchClaims)
  return take(outbox, { turnId: ids.next('turn'), claims: 1, isFirst: true, rows, alone })
}

/** Ends rows that were tried too often, in a turn of their own if they have none. Inside a write. */
export function giveUp(
  outbox: Outbox,
  turnId: string,
  rows: readonly PendingRow[],
  reason: string | null,
): void {
  const record = outbox.turn(turnId)
  const tries = Math.max(record?.claims ?? 0, ...rows.map((row) => row.tries))
  if (record === undefined) {
    const messageIds = rows.map((row) => row.id)
    outbox.setTurn({ turnId, claims: tries, messageIds, status: 'running' })
  }
  const error = `given up after ${tries} tries: ${reason ?? 'the runner ended in mid-turn'}`
  outbox.endTurn(turnId, 'failed', error)
  for (const row of rows) outbox.setAck(row.id, 'failed', turnId)
  closeLedger(outbox, turnId)
}

/** Ends a turn that waits for another run, by the word of a person. Inside a write. */
export function endWaiting(outbox: Outbox, turnId: string): void {
  for (const id of outbox.turn(turnId)?.messageIds ?? []) {
    const ack = outbox.ack(id)
    const isOpen = ack?.status === 'waiting' || ack?.status === 'processing'
    if (isOpen && ack.turnId === turnId) outbox.setAck(id, 'completed', turnId)
  }
  outbox.endTurn(turnId, 'interrupted', stoppedByCommand)
  closeLedger(outbox, turnId)
}

/**
 * Ends what would run next, by the word of a person that comes after it, as the numbers of the rows
 * say: to them it has begun. Inside a write.
 */
export function endNext(outbox: Outbox, ids: Ids, work: Work, before: number): void {
  if (work.type === 'resume') return endWaiting(outbox, work.turnId)
  if (work.type !== 'begin') return
  const rows = work.rows.filter(({ seq }) => seq < before)
  if (rows.some(({ trigger }) => trigger !== 0)) {
    endWaiting(outbox, beginTurn(outbox, ids, rows).turnId)
  }
}

/**
 * Cuts a turn that has failed twice into turns of one row each. The first row keeps the turn;
 * notices stay with it; rows that were only context are let go, since any of them may be what
 * kills the runner.
 */
function split(outbox: Outbox, ids: Ids, claim: Claim): Claim {
  const asking = claim.rows.filter((row) => row.trigger !== 0)
  const notices = claim.rows.filter((row) => row.trigger === 0 && row.kind === 'system')
  const context = claim.rows.filter((row) => row.trigger === 0 && row.kind !== 'system')
  for (const row of context) outbox.setAck(row.id, 'completed', claim.turnId)
  const [first, ...others] = asking
  const parts = others.map((row) => {
    const turnId = ids.next('turn')
    const messageIds = [row.id]
    outbox.setTurn({ turnId, claims: claim.claims - 1, messageIds, status: 'running' })
    outbox.endTurn(turnId, 'interrupted', 'split from a turn that failed twice')
    outbox.release(row.id, turnId)
    return turnId
  })
  if (parts.length > 0) shareLedger(outbox, claim.turnId, parts)
  const rows = first === undefined ? notices : [...notices, first].sort((a, b) => a.seq - b.seq)
  return { ...claim, rows, alone: true }
}

/**
 * Claims a turn again that was cut off, with what is left of its rows: `rows` are the due ones.
 * Returns undefined when there is nothing to run, because all was given up. Inside a write.
 */
export function resumeTurn(
  outbox: Outbox,
  ids: Ids,
  turnId: string,
  due: readonly PendingRow[],
): Claim | undefined {
  const record = outbox.turn(turnId)
  const claims = record?.claims ?? 0
  const held = due.filter((row) => outbox.ack(row.id)?.turnId === turnId)
  if (claims >= mostClaims) {
    giveUp(outbox, turnId, held, record?.error ?? null)
    return undefined
  }
  const lost = held.filter((row) => row.tries >= mostClaims)
  for (const row of lost) giveUp(outbox, ids.next('turn'), [row], record?.error ?? null)
  const rows = held.filter((row) => row.tries < mostClaims)
  if (rows.length === 0) {
    outbox.endTurn(turnId, 'failed', record?.error ?? 'all of its rows were given up')
    closeLedger(outbox, turnId)
    return undefined
  }
  const tried = Math.max(claims, ...rows.map((row) => row.tries))
  const claim: Claim = {
    ...{ turnId, claims: claims + 1, isFirst: false, rows },
    alone: tried >= mostBatchClaims,
  }
  const chosen = claim.alone ? split(outbox, ids, claim) : claim
  if (chosen.rows.length > 0) return take(outbox, chosen)
  outbox.endTurn(turnId, 'completed', null)
  closeLedger(outbox, turnId)
  return undefined
}
