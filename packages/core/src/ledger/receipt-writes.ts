import { timestamp } from '@nanoclaw/schema/plain'
import type { WriteTools } from '../central/write-tools.ts'

/** Whose a send is that a platform reports on later. */
export interface NewReceipt {
  readonly sessionId: string
  readonly messageOutId: string
  /** Counted from 0. */
  readonly part: number
}

/** What is written of receipts. */
export function receiptWrites({ sql, clock }: WriteTools) {
  return {
    note: (key: string, { sessionId, messageOutId, part }: NewReceipt): void =>
      void sql
        .noteReceipt()
        .run({ key, sessionId, messageOutId, part, createdAt: timestamp(clock) }),
    forget: (before: string): number => sql.forgetReceipts().run({ before }).changes,
  }
}
