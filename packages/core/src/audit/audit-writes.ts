import { timestamp } from '@nanoclaw/schema/plain'
import type { WriteTools } from '../central/write-tools.ts'
import { canonicalJson, sha256 } from './canonical-json.ts'
import type { AuditEntry, NewAuditEntry } from './types.ts'

/** What the first entry of a chain has for the hash of the one before. */
export const noEntry = '0'.repeat(64)

/** The hash of an entry: over all that it says, and by `previous` over all before it. */
export function hashOf({ hash: _hash, ...entry }: AuditEntry): string {
  return sha256(canonicalJson(entry))
}

/**
 * Adds an entry to the audit log, inside the caller's transaction: with what it tells of, or not at
 * all.
 */
export function audit({ sql, clock }: Pick<WriteTools, 'sql' | 'clock'>, entry: NewAuditEntry) {
  const last = sql.lastAudit().get()
  const { kind, actor, subject } = entry
  const written = {
    number: (last?.number ?? 0) + 1,
    at: timestamp(clock),
    ...{ kind, actor, subject },
    details: canonicalJson(entry.details),
    previous: last?.hash ?? noEntry,
    hash: '',
  }
  sql.insertAudit().run({ ...written, hash: hashOf(written) })
}

/** What is written to the audit log by itself. */
export function auditWrites(tools: WriteTools) {
  return { write: (entry: NewAuditEntry): void => audit(tools, entry) }
}
