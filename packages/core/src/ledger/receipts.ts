import type { CentralStore } from '../central/central-store.ts'
import type { NewReceipt } from './receipt-writes.ts'

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
  return {
    note: (key, receipt) => store.write('receipts', 'note', key, receipt),
    find: (key) => store.read(() => store.sql.receiptByKey().get({ key })),
    forget: (before) => store.write('receipts', 'forget', before),
  }
}
