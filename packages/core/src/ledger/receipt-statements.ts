import type { OpenDatabase } from '@nanoclaw/schema/database'
import { receipts } from '@nanoclaw/schema/drizzle'
import { eq, lt, sql } from 'drizzle-orm'

/** The statements on receipts. */
export function receiptStatements(orm: OpenDatabase['orm']) {
  return {
    receiptByKey: () =>
      orm
        .select()
        .from(receipts)
        .where(eq(receipts.key, sql.placeholder('key')))
        .prepare(),
    noteReceipt: () =>
      orm
        .insert(receipts)
        .values({
          key: sql.placeholder('key'),
          sessionId: sql.placeholder('sessionId'),
          messageOutId: sql.placeholder('messageOutId'),
          part: sql.placeholder('part'),
          createdAt: sql.placeholder('createdAt'),
        })
        .onConflictDoNothing()
        .prepare(),
    forgetReceipts: () =>
      orm
        .delete(receipts)
        .where(lt(receipts.createdAt, sql.placeholder('before')))
        .prepare(),
  }
}
