import { timestamp } from '@nanoclaw/schema'
import { receipts } from '@nanoclaw/schema/drizzle'
import { lt, sql } from 'drizzle-orm'
import type { WriteTools } from '../central/write-tools.ts'

/** Whose a send is that a platform reports on later. */
export interface NewReceipt {
  readonly sessionId: string
  readonly messageOutId: string
  /** Counted from 0. */
  readonly part: number
}

/** What is written of receipts. */
export function receiptWrites({ orm, clock }: WriteTools) {
  const note = orm
    .insert(receipts)
    .values({
      key: sql.placeholder('key'),
      sessionId: sql.placeholder('sessionId'),
      messageOutId: sql.placeholder('messageOutId'),
      part: sql.placeholder('part'),
      createdAt: sql.placeholder('createdAt'),
    })
    .onConflictDoNothing()
    .prepare()
  const earlier = orm
    .delete(receipts)
    .where(lt(receipts.createdAt, sql.placeholder('before')))
    .prepare()
  return {
    note: (key: string, { sessionId, messageOutId, part }: NewReceipt): void =>
      void note.run({ key, sessionId, messageOutId, part, createdAt: timestamp(clock) }),
    forget: (before: string): number => earlier.run({ before }).changes,
  }
}
