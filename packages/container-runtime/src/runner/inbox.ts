import { hostStateKeys, type OpenDatabase } from '@nanoclaw/schema'
import { destinations, hostState, messagesIn, sessionRouting } from '@nanoclaw/schema/drizzle'
import { and, asc, desc, eq, isNull, lte, or, sql } from 'drizzle-orm'

/** An inbound row that has not ended, without its content. */
export interface PendingRow {
  readonly id: string
  readonly seq: number
  readonly kind: string
  /** How many runners died holding it, as the host counted. */
  readonly tries: number
  /** 0: context only. */
  readonly trigger: number
  /** 1: for the first poll of a new runner only. */
  readonly onWake: number
  readonly channelType: string | null
  readonly channelInstance: string
  readonly platformId: string | null
  readonly threadId: string | null
}

/** An inbound row with all that a prompt needs. */
export interface InboxRow extends PendingRow {
  readonly timestamp: string
  readonly content: string
}

/** One entry of the address book, as the host projected it. */
export interface DestinationRow {
  readonly name: string
  readonly displayName: string
  readonly type: string
  readonly channelType: string | null
  readonly channelInstance: string
  readonly platformId: string | null
  readonly agentGroupId: string | null
}

/** Where the session's conversation is. */
export interface RoutingRow {
  readonly channelType: string | null
  readonly channelInstance: string
  readonly platformId: string | null
  readonly threadId: string | null
}

/** The runner's view of `inbound.db`: read-only, live, every query by an index. */
export interface Inbox {
  /** Rows that are pending and due at `now`, in `seq` order. By index: O(pending). */
  due(now: string): readonly PendingRow[]
  row(id: string): InboxRow | undefined
  /** The id of the row that the agent knows by this number. */
  idOf(seq: number): string | undefined
  destinations(): readonly DestinationRow[]
  routing(): RoutingRow | undefined
  /** The largest `seq` on the host's side, its cursor in ours included. */
  largestSeq(): number
  unaddressedOutput(): 'scratchpad' | 'origin'
}

const lightColumns = {
  id: messagesIn.id,
  seq: messagesIn.seq,
  kind: messagesIn.kind,
  tries: messagesIn.tries,
  trigger: messagesIn.trigger,
  onWake: messagesIn.onWake,
  channelType: messagesIn.channelType,
  channelInstance: messagesIn.channelInstance,
  platformId: messagesIn.platformId,
  threadId: messagesIn.threadId,
}

/** Prepares the statements. The database is opened read-only by the caller. */
export function createInbox({ orm }: Pick<OpenDatabase, 'orm'>): Inbox {
  const due = orm
    .select(lightColumns)
    .from(messagesIn)
    .where(
      and(
        // A literal, not a parameter: only so can SQLite use the partial index.
        sql`${messagesIn.status} = 'pending'`,
        or(isNull(messagesIn.processAfter), lte(messagesIn.processAfter, sql.placeholder('now'))),
      ),
    )
    .orderBy(asc(messagesIn.seq))
    .prepare()
  const row = orm
    .select({ ...lightColumns, timestamp: messagesIn.timestamp, content: messagesIn.content })
    .from(messagesIn)
    .where(eq(messagesIn.id, sql.placeholder('id')))
    .prepare()
  const idOf = orm
    .select({ id: messagesIn.id })
    .from(messagesIn)
    .where(eq(messagesIn.seq, sql.placeholder('seq')))
    .prepare()
  const largest = orm
    .select({ seq: messagesIn.seq })
    .from(messagesIn)
    .orderBy(desc(messagesIn.seq))
    .limit(1)
    .prepare()
  const book = orm.select().from(destinations).orderBy(asc(destinations.name)).prepare()
  const routing = orm.select().from(sessionRouting).prepare()
  const setting = orm
    .select({ value: hostState.value })
    .from(hostState)
    .where(eq(hostState.key, sql.placeholder('key')))
    .prepare()
  return {
    due: (now) => due.all({ now }),
    row: (id) => row.get({ id }),
    idOf: (seq) => idOf.get({ seq })?.id,
    destinations: () => book.all(),
    routing: () => routing.get(),
    largestSeq: () => {
      const cursor = Number(setting.get({ key: hostStateKeys.outboundCursor })?.value ?? 0)
      return Math.max(largest.get()?.seq ?? 0, Number.isSafeInteger(cursor) ? cursor : 0)
    },
    unaddressedOutput: () =>
      setting.get({ key: hostStateKeys.unaddressedOutput })?.value === 'origin'
        ? 'origin'
        : 'scratchpad',
  }
}
