import { setImmediate } from 'node:timers/promises'
import { hostStateKeys, NanoclawError, type JournalMode } from '@nanoclaw/schema'
import { openDatabase, type OpenDatabase } from '@nanoclaw/schema/database'
import { delivered, deliveredParts, events, hostState, messagesIn } from '@nanoclaw/schema/drizzle'
import { asc, eq, gt, inArray, sql } from 'drizzle-orm'
import type { PrunedRow } from '../retention/types.ts'
import type { Gone } from './gone.ts'

/** The event loop of a host waits for as long as a page takes. */
const rowsPerPage = 100

/** One session's `inbound.db`, from which a person is to be removed; nobody else has it open. */
export interface ScrubbedMailbox {
  /** Its rows of a table, in order, a page at a time; others have their turn in between. */
  rows(table: Walked): AsyncIterable<PrunedRow>
  /** Of all messages to the agent. */
  inboundIds(): ReadonlySet<string>
  /** Keys of what is noted of who has spoken. */
  spoken(): readonly string[]
  /** An earlier run was cut off: its bytes may still be there. */
  readonly isUnfinished: boolean
  /** From now on {@link isUnfinished}, durably. */
  begin(): void
  /** Removes the rows, and overwrites their bytes in the file and its log. */
  remove(gone: Gone, found: GoneRows): void
  close(): void
}

/** What goes, as it stands in the mailbox. */
export interface GoneRows {
  /** Messages to the agent, and notices about what goes, which are found by what they say. */
  readonly inboundIds: readonly string[]
  readonly deliveryIds: readonly string[]
  readonly eventIds: readonly number[]
}

type Walked = 'messages_in' | 'delivered' | 'events'

const unfinishedKey = 'forgetting'

function pageOf({ orm }: OpenDatabase, table: Walked, after: number): readonly PrunedRow['row'][] {
  switch (table) {
    case 'messages_in':
      return orm
        .select()
        .from(messagesIn)
        .where(gt(messagesIn.seq, after))
        .orderBy(asc(messagesIn.seq))
        .limit(rowsPerPage)
        .all()
    case 'delivered':
      return orm
        .select()
        .from(delivered)
        .where(gt(delivered.seq, after))
        .orderBy(asc(delivered.seq))
        .limit(rowsPerPage)
        .all()
    case 'events':
      return orm
        .select()
        .from(events)
        .where(gt(events.id, after))
        .orderBy(asc(events.id))
        .limit(rowsPerPage)
        .all()
    default:
      return table satisfies never
  }
}

async function* rowsOf(
  database: OpenDatabase,
  table: Walked,
): AsyncGenerator<PrunedRow, void, undefined> {
  for (let after = Number.MIN_SAFE_INTEGER; ;) {
    const page = pageOf(database, table, after)
    for (const row of page) yield { table, row }
    const last = page.at(-1)
    if (page.length < rowsPerPage || last === undefined) return
    after = Number(table === 'events' ? last.id : last.seq)
    await setImmediate()
  }
}

function removeRows(database: OpenDatabase, gone: Gone, found: GoneRows): void {
  const { orm } = database
  const { inboundIds, eventIds } = found
  const list = (values: readonly (string | number)[]) =>
    sql`(SELECT value FROM json_each(${JSON.stringify(values)}))`
  const deliveries = [...gone.deliveries.keys()]
  const largest = orm.get<{ seq: number }>(
    sql`SELECT max(coalesce((SELECT max(seq) FROM messages_in), 0), coalesce((SELECT max(seq) FROM delivered), 0), coalesce((SELECT max(CAST(value AS integer)) FROM host_state WHERE key IN (${hostStateKeys.outboundCursor}, ${hostStateKeys.pruneThroughSeq})), 0)) AS seq`,
  )
  orm
    .delete(events)
    .where(inArray(events.id, list(eventIds)))
    .run()
  orm
    .delete(deliveredParts)
    .where(inArray(deliveredParts.messageOutId, list(deliveries)))
    .run()
  orm
    .delete(delivered)
    .where(inArray(delivered.messageOutId, list(deliveries)))
    .run()
  orm
    .delete(messagesIn)
    .where(inArray(messagesIn.id, list([...gone.inbound.keys(), ...inboundIds])))
    .run()
  for (const place of gone.directPlaces) {
    const prefix = `${hostStateKeys.chatTrouble}:${place.slice(0, -1)}`
    orm
      .delete(hostState)
      .where(sql`substr(${hostState.key}, 1, ${prefix.length}) = ${prefix}`)
      .run()
  }
  orm
    .delete(hostState)
    .where(inArray(hostState.key, list(gone.notes)))
    .run()
  // The container begins with an empty file: its numbers go on above all that there were.
  const value = String(largest.seq)
  orm
    .insert(hostState)
    .values({ key: hostStateKeys.pruneThroughSeq, value })
    .onConflictDoUpdate({ target: hostState.key, set: { value } })
    .run()
  orm.delete(hostState).where(eq(hostState.key, hostStateKeys.archived)).run()
}

/** Leaves nothing of what was removed in a database file or its log. Throws `bad-state`. */
export function overwriteRemoved({ sqlite }: Pick<OpenDatabase, 'sqlite'>, what: string): void {
  sqlite.exec('VACUUM')
  const found: unknown = sqlite.pragma('wal_checkpoint(TRUNCATE)')
  const [result]: readonly unknown[] = Array.isArray(found) ? found : []
  if (typeof result === 'object' && result !== null && Reflect.get(result, 'busy') === 1) {
    const message = `${what} is being read by another program, so that what was removed is still in its log; end that, and forget again`
    throw new NanoclawError('bad-state', message)
  }
}

/** Opens it. Throws `io`, `corrupt`, `newer-schema`, and what `isBusy` recognises. */
export function scrubMailbox(path: string, journal: JournalMode): ScrubbedMailbox {
  const database = openDatabase({ path, kind: 'inbound', journal, timeoutMs: 0 })
  const { orm, sqlite } = database
  const mark = orm.select().from(hostState).where(eq(hostState.key, unfinishedKey)).get()
  // Not into a file of the system's temporary folder.
  sqlite.pragma('temp_store = MEMORY')
  sqlite.pragma('secure_delete = ON')
  return {
    isUnfinished: mark !== undefined,
    rows: (table) => rowsOf(database, table),
    inboundIds: () =>
      new Set(
        orm
          .select({ id: messagesIn.id })
          .from(messagesIn)
          .all()
          .map(({ id }) => id),
      ),
    spoken() {
      const prefix = `${hostStateKeys.spoke}:`
      const isSpoken = sql`substr(${hostState.key}, 1, ${prefix.length}) = ${prefix}`
      const found = orm.select({ key: hostState.key }).from(hostState).where(isSpoken).all()
      return found.map(({ key }) => key)
    },
    begin() {
      database.transact('immediate', () =>
        orm
          .insert(hostState)
          .values({ key: unfinishedKey, value: '1' })
          .onConflictDoNothing()
          .run(),
      )
    },
    remove(gone, found) {
      database.transact('immediate', () => removeRows(database, gone, found))
      overwriteRemoved(database, path)
      database.transact('immediate', () =>
        orm.delete(hostState).where(eq(hostState.key, unfinishedKey)).run(),
      )
    },
    close: () => database.close(),
  }
}
