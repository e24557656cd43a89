import {
  hostStateKeys,
  timestamp,
  type Clock,
  type Ids,
  type Origin,
  type SyncMode,
} from '@nanoclaw/schema/plain'
import { forgetNotice, sayEnds, sayOnce, sayWaiting } from '../ledger/chat-trouble.ts'
import { requeueDelivery, settleDelivery } from '../ledger/settle-delivery.ts'
import { settleParts } from '../ledger/settle-parts.ts'
import { takeRows } from '../ledger/take-rows.ts'
import type {
  ChatWords,
  Delivery,
  DeliveryChange,
  HostWords,
  PartChange,
  SaidWords,
  Taken,
  TakenRow,
} from '../ledger/types.ts'
import { pruneRows } from '../retention/prune-mailbox.ts'
import type { PruneRequest } from '../retention/types.ts'
import { appendRows, type CheckedInbound } from './append-rows.ts'
import { endRows, toPending, type WantedEnd } from './end-rows.ts'
import { deliveryFacts, type Tell } from './event-facts.ts'
import type { MailboxStatements } from './inbound-statements.ts'
import type { Appended } from './inbound-types.ts'
import type { SessionProjection } from './mailbox.ts'
import { isOutdated, writeProjection } from './project-session.ts'
import { readAskedEpoch, rerunRow } from './rerun-row.ts'

/** What a write works with, inside its transaction. The time and the ids are its caller's. */
export interface WriteTools {
  readonly statements: MailboxStatements
  readonly clock: Clock
  readonly ids: Ids
  readonly tell: Tell
}

/** What a write is given along. */
export interface WriteNeed {
  readonly sync: SyncMode
  /** It tells of at most so many events. */
  readonly events?: number
  /** It gives at most so many rows for the agent, and messages of the host's own, an id. */
  readonly inIds?: number
  readonly outIds?: number
}

/** A write: the inside of one transaction. */
export interface Write<Args extends readonly unknown[], Result> {
  need(...args: Args): WriteNeed
  work(tools: WriteTools, ...args: Args): Result
  /** The result where nothing is to be written; asked in a read before. */
  done?(statements: MailboxStatements, ...args: Args): Result | undefined
}

/** A write of whose arguments nothing is known here. */
export type AnyWrite<Result> = Write<readonly unknown[], Result>

function operation<Args extends readonly unknown[], Result>(
  write: Write<Args, Result>,
): Write<Args, Result> {
  return write
}

/** What is taken, with what has been checked on the way. */
export interface CheckedTake {
  readonly rows: readonly TakenRow[]
  readonly ends: readonly WantedEnd[]
  readonly notices: readonly CheckedInbound[]
  readonly chat: ChatWords | undefined
}

/** What is settled, with what has been checked on the way. */
export interface CheckedSettle {
  readonly id: string
  readonly change: DeliveryChange
  readonly notices: readonly CheckedInbound[]
  readonly parts: readonly PartChange[]
  readonly durable: boolean
}

const isSending = ({ status }: { readonly status: string }) => status === 'sending'
const isFailure = ({ status }: { readonly status: string }) => status === 'failed'

function syncFor(isDurable: boolean): SyncMode {
  return isDurable ? 'full' : 'normal'
}

/** What ending rows may tell of: each end, and what is said of it in its chat. */
function endNeed(count: number, chat: ChatWords | undefined) {
  return chat === undefined ? { events: count, outIds: 0 } : { events: 2 * count, outIds: count }
}

const inboundWrites = {
  append: operation({
    need: (rows: readonly CheckedInbound[]) => ({
      sync: 'full',
      events: rows.length,
      inIds: rows.length,
    }),
    work: ({ statements, ...tools }, rows) => appendRows(statements, rows, tools),
  }),
  end: operation({
    need: (ends: readonly WantedEnd[], chat: ChatWords | undefined) => ({
      sync: syncFor(chat !== undefined && ends.some(isFailure)),
      ...endNeed(ends.length, chat),
    }),
    work: (tools, ends, chat) => sayEnds(tools, chat, endRows(tools.statements, ends, tools.tell)),
  }),
  rerun: operation({
    need: (_id: string) => ({ sync: 'full', events: 1, inIds: 1 }),
    work: ({ statements, ...tools }, id) => rerunRow(statements, id, tools),
  }),
  pause: operation({
    need: (_ids: readonly string[], _epoch: number) => ({ sync: 'full' }),
    work({ statements }, ids, epoch) {
      const asked = Math.max(epoch, readAskedEpoch(statements))
      statements.setState().run({ key: hostStateKeys.askedEpoch, value: String(asked) })
      return ids.flatMap((id) => statements.pausePending().all({ id }).map(toPending))
    },
  }),
  countTry: operation({
    need: (_ids: readonly string[]) => ({ sync: 'normal' }),
    work({ statements: { countTry } }, ids) {
      for (const id of ids) countTry().run({ id })
    },
  }),
  project: operation({
    need: (_projection: SessionProjection) => ({ sync: 'normal' }),
    done: (statements, projection) => (isOutdated(statements, projection) ? undefined : false),
    work({ statements }, projection) {
      writeProjection(statements, projection)
      return true
    },
  }),
  prune: operation({
    need: (_request: PruneRequest) => ({ sync: 'normal' }),
    work: ({ statements }, request) => pruneRows(statements, request),
  }),
} as const

const ledgerWrites = {
  take: operation({
    need({ rows, ends, notices, chat }: CheckedTake) {
      const fails = chat !== undefined && ends.some(isFailure)
      const { events, outIds } = endNeed(ends.length, chat)
      return {
        sync: syncFor(notices.length > 0 || fails || rows.some(isSending)),
        events: rows.length + events + notices.length,
        inIds: notices.length,
        outIds,
      }
    },
    work(tools, { rows, ends, notices, chat }): Taken {
      const { statements, clock, tell } = tools
      const taken = takeRows(statements, rows, timestamp(clock), (delivery) =>
        tell(deliveryFacts(delivery)),
      )
      const ended = endRows(statements, ends, tell)
      return {
        ...taken,
        ended: ended.map(({ row }) => row),
        notices: appendRows(statements, notices, tools),
        said: sayEnds(tools, chat, ended),
      }
    },
  }),
  settle: operation({
    need: ({ change, notices, parts, durable }: CheckedSettle) => ({
      sync: syncFor(durable || notices.length > 0 || isSending(change) || parts.some(isSending)),
      events: 1 + notices.length,
      inIds: notices.length,
    }),
    work(tools, { id, change, notices, parts }): Delivery {
      const { statements, clock, tell } = tools
      const now = timestamp(clock)
      const settled = settleDelivery(statements, id, change, now)
      if (parts.length > 0) settleParts(statements, id, parts, now)
      forgetNotice(statements, settled)
      tell(deliveryFacts(settled))
      appendRows(statements, notices, tools)
      return settled
    },
  }),
  settleParts: operation({
    need: (_id: string, changes: readonly PartChange[]) => ({
      sync: syncFor(changes.some(isSending)),
    }),
    work: ({ statements, clock }, id, changes) =>
      settleParts(statements, id, changes, timestamp(clock)),
  }),
  requeue: operation({
    need: (_id: string) => ({ sync: 'full', events: 1 }),
    work({ statements, clock, tell }, id): Delivery {
      const requeued = requeueDelivery(statements, id, timestamp(clock))
      tell(deliveryFacts(requeued))
      return requeued
    },
  }),
  tellUnanswered: operation({
    need: (origins: readonly Origin[], _text: string) => ({
      sync: 'full',
      events: origins.length,
      outIds: origins.length,
    }),
    work: (tools, origins, text) => sayWaiting(tools, text, origins),
  }),
  say: operation({
    need: (_words: HostWords, rows: readonly CheckedInbound[]) => ({
      sync: 'full',
      events: 1 + rows.length,
      inIds: rows.length,
      outIds: 1,
    }),
    work(tools, words, rows): SaidWords {
      let appended: readonly Appended[] = []
      const said = sayOnce(tools, words, () => {
        appended = appendRows(tools.statements, rows, tools)
        return appended[0]?.id ?? null
      })
      if (said === undefined) return { outcome: 'duplicate', appended, said: [] }
      return { outcome: 'accepted', appended, said: [said] }
    },
  }),
} as const

/**
 * Everything that is written to a mailbox, by the name of its method. Each knows nothing but the
 * database and what it is given, and is given and gives plain data, since it runs in a thread.
 */
export const mailboxWrites = { ...inboundWrites, ...ledgerWrites } as const

type Writes = typeof mailboxWrites
/** The name of a write. */
export type WriteName = keyof Writes
/** What it is given. */
export type WriteArgs<Name extends WriteName> =
  Parameters<Writes[Name]['work']> extends [tools: WriteTools, ...args: infer Args] ? Args : never
/** What it gives. */
export type WriteResult<Name extends WriteName> = ReturnType<Writes[Name]['work']>
