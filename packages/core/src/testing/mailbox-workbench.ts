import assert from 'node:assert/strict'
import type { Origin, Place } from '@nanoclaw/schema'
import type { DeliveryChange, OutboundAck, OutboundRow, TakenRow } from '../ledger/types.ts'
import type { NewInbound } from '../mailbox/inbound-types.ts'
import type { Mailbox } from '../mailbox/mailbox.ts'

/** What a case of the mailbox suite works with. */
export interface MailboxWorkbench {
  /** The mailbox of a session that is empty. */
  readonly mailbox: Mailbox
  /** Opens the same session again, as another process would; closed at the end of the case. */
  again(): Promise<Mailbox>
  /** Looks for a session without making it; closed at the end of the case. */
  existing(sessionId?: string): Promise<Mailbox | undefined>
}

/** One promise of a mailbox. */
export interface MailboxCase {
  readonly name: string
  run(workbench: MailboxWorkbench): Promise<void>
}

/** Where the suite's rows come from. */
export const home: Origin = {
  channelType: 'test',
  channelInstance: '',
  platformId: 'home',
  threadId: null,
}

/** Another place. */
export const office: Place = { channelType: 'test', channelInstance: 'b', platformId: 'office' }

/** A chat row. */
export function chat(text: string, values: Partial<NewInbound> = {}): NewInbound {
  return {
    kind: 'chat',
    content: { text, sender: 'Ann', senderId: 'ann' },
    origin: home,
    ...values,
  }
}

/** A row as a reader would return it. */
export function said(seq: number, values: Partial<OutboundRow> = {}): OutboundRow {
  return {
    id: `out-${String(seq).padStart(8, '0')}`,
    seq,
    kind: 'chat',
    inReplyTo: null,
    turnId: null,
    timestamp: '2026-01-31T12:00:00.000Z',
    deliverAfter: null,
    ...home,
    content: JSON.stringify({ text: `text ${seq}` }),
    ...values,
  }
}

/** A row to be taken as `queued`. */
export function queued(seq: number, values: Partial<OutboundRow> = {}): TakenRow {
  return { row: said(seq, values), status: 'queued' }
}

/** Sends what has been taken, and it arrives. */
export async function delivers(
  mailbox: Mailbox,
  id: string,
  values: Partial<DeliveryChange> = {},
): Promise<void> {
  await mailbox.settle(id, { status: 'sending' })
  await mailbox.settle(id, { ...values, status: 'delivered' })
}

/** An end that a container reports. */
export function ackOf(messageId: string, status: 'completed' | 'failed'): OutboundAck {
  const turn = { turnId: 'turn-00000001', epoch: 1, claims: 1, claimedAt: null }
  return { messageId, status, ...turn, error: status === 'failed' ? 'no model' : null }
}

/** Expects a rejection with a NanoclawError of a code. */
export async function rejectsWith(code: string, work: Promise<unknown>): Promise<void> {
  await assert.rejects(work, (error: unknown) => {
    assert.equal(Reflect.get(Object(error), 'code'), code, String(error))
    return true
  })
}
