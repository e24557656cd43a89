import { timestamp } from '@nanoclaw/schema'
import { receipts } from '@nanoclaw/schema/drizzle'
import { eq, lt, sql } from 'drizzle-orm'
import type { CentralStore } from '../central/central-store.ts'

/** Whose a send is that a platform reports on later. */
export interface NewReceipt {
  readonly sessionId: string
  readonly messageOutId: string
  /** Counted from 0. */
  readonly part: number
}

/** A send that a platform reports on later. */
export interface Receipt extends NewReceipt {
  /** Its idempotency key. */
  readonly key: string
  /** ISO-8601 UTC. */
  readonly createdAt: string
}

/** Sends, by idempotency key, for when platforms say what became of them; noted before they are made. */
export interface Receipts {
  /** Durable; a key that is known stays as it is. */
  note(key: string, receipt: NewReceipt): Promise<void>
  /** Undefined for a key that is not known, or not any more. */
  find(key: string): Promise<Receipt | undefined>
  /** Forgets those noted before a moment (ISO-8601 UTC); how many. By index. */
  forget(before: string): Promise<number>
}

/** Receipts in the central database. */
export function createReceipts(store: CentralStore): Receipts {
  const { orm, clock } = store
  const byKey = orm
    .select()
    .from(receipts)
    .where(eq(receipts.key, sql.placeholder('key')))
    .prepare()
  const earlier = orm
    .delete(receipts)
    .where(lt(receipts.createdAt, sql.placeholder('before')))
    .prepare()
  return {
    note: (key, { sessionId, messageOutId, part }) =>
      store.write('full', () => {
        const row = { key, sessionId, messageOutId, part, createdAt: timestamp(clock) }
        orm.insert(receipts).values(row).onConflictDoNothing().run()
      }),
    find: (key) => store.read(() => byKey.get({ key })),
    forget: (before) => store.write('normal', () => earlier.run({ before }).changes),
  }
}
