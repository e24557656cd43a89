import type { IdPrefix, SyncMode } from '@nanoclaw/schema/plain'
import { agentWrites } from '../agents/agent-writes.ts'
import { approvalWrites } from '../approvals/approval-writes.ts'
import { cardWrites } from '../approvals/card-writes.ts'
import { createDeciders } from '../approvals/deciders.ts'
import { auditWrites } from '../audit/audit-writes.ts'
import { channelStateWrites } from '../chats/channel-state-writes.ts'
import { chatWrites } from '../chats/chat-writes.ts'
import { childWrites } from '../children/child-writes.ts'
import { destinationWrites } from '../destinations/destination-writes.ts'
import { eventWrites } from '../events/event-writes.ts'
import { heardWrites } from '../heard/heard-writes.ts'
import { heldWrites } from '../held/held-writes.ts'
import { incidentWrites } from '../incidents/incident-writes.ts'
import { receiptWrites } from '../ledger/receipt-writes.ts'
import { peopleWrites } from '../people/people-writes.ts'
import { policyWrites } from '../policies/policy-writes.ts'
import { retentionWrites } from '../retention/retention-writes.ts'
import { sessionWrites } from '../sessions/session-writes.ts'
import { wiringWrites } from '../wirings/wiring-writes.ts'
import { centralRows } from './central-rows.ts'
import type { WriteTools } from './write-tools.ts'

/**
 * Everything that writes to the central database, by part of the core: each function is the inside
 * of one transaction, knows nothing but the database and what it is given, and is given and gives
 * plain data, since it may run in another thread than its caller.
 */
export function centralWrites(tools: WriteTools) {
  const rows = centralRows(tools)
  const { agents, chats } = rows
  const destinations = { tools, agents, chats, rows: rows.destinations }
  const approvals = {
    ...{ tools, rows: rows.approvals, policies: rows.policies },
    deciders: createDeciders(tools),
  }
  const people = peopleWrites({ tools, agents, rows: rows.people })
  return {
    agents: agentWrites(tools, agents, rows.destinations),
    approvalCards: cardWrites(approvals),
    approvals: approvalWrites(approvals),
    audit: auditWrites(tools),
    channelState: channelStateWrites(tools),
    chats: chatWrites(tools, chats, rows.destinations),
    children: childWrites(destinations),
    destinations: destinationWrites(destinations),
    events: eventWrites(tools),
    heard: heardWrites(tools, rows.heard),
    incidents: incidentWrites(tools),
    held: heldWrites({ tools, approvals: rows.approvals, add: people.add }),
    people,
    policies: policyWrites(tools, agents, rows.policies),
    receipts: receiptWrites(tools),
    retention: retentionWrites(tools),
    sessions: sessionWrites({ tools, agents, chats, rows: rows.sessions }),
    wirings: wiringWrites(destinations),
  }
}

/** What {@link centralWrites} gives. */
export type CentralWrites = ReturnType<typeof centralWrites>
/** A part of the core that writes. */
export type WritingPart = keyof CentralWrites
/** What a part writes by. */
export type WriteOf<P extends WritingPart> = keyof CentralWrites[P] & string

/** What a write is given along. */
export interface WriteNeed {
  readonly sync: SyncMode
  /** It may give something an id of this kind, one. */
  readonly id?: IdPrefix
}

const full: WriteNeed = { sync: 'full' }
const normal: WriteNeed = { sync: 'normal' }

/** Every write of every part: what it needs. */
export const writeNeeds: {
  readonly [P in WritingPart]: { readonly [M in WriteOf<P>]: WriteNeed }
} = {
  agents: { create: { sync: 'full', id: 'ag' }, update: full, delete: full },
  approvalCards: { ask: full, change: full },
  approvals: {
    request: { sync: 'full', id: 'appr' },
    decide: full,
    expire: full,
    withdraw: full,
    applied: full,
    failed: full,
    told: full,
  },
  audit: { write: full },
  channelState: { set: full, delete: full },
  chats: { create: { sync: 'full', id: 'mg' }, update: full, delete: full },
  children: { create: full },
  destinations: { grant: full, revoke: full, rename: full },
  events: { reserve: full, markOpen: full },
  heard: { note: full, clear: full },
  incidents: { open: { sync: 'full', id: 'inc' }, resolve: full, told: full, tellLater: normal },
  held: { hold: { sync: 'full', id: 'held' }, release: normal, letIn: { sync: 'full', id: 'per' } },
  people: {
    add: { sync: 'full', id: 'per' },
    remove: full,
    grantRole: full,
    revokeRole: full,
    ensureOwner: { sync: 'full', id: 'per' },
    noteDirectChat: normal,
  },
  policies: { set: full },
  receipts: { note: full, forget: normal },
  retention: { setPrunedThrough: full, noteClock: normal, setOldest: normal },
  sessions: {
    resolve: { sync: 'full', id: 'sess' },
    setDue: full,
    clearDue: normal,
    ensureDue: full,
    beginEpoch: full,
    setContainerStatus: normal,
    touch: normal,
  },
  wirings: {
    create: { sync: 'full', id: 'wire' },
    update: full,
    remove: full,
    engage: normal,
  },
}
