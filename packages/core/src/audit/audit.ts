import type { CentralStore } from '../central/central-store.ts'
import { hashOf, noEntry } from './audit-writes.ts'
import type { Audit, AuditEntry, AuditMark, AuditVerdict } from './types.ts'

const bite = 1_000

function wrongIn(entry: AuditEntry, last: AuditMark): string | undefined {
  if (entry.number !== last.number + 1) return `entry ${last.number + 1} is missing`
  if (entry.previous !== last.hash) return 'it does not vouch for the entry before it'
  return entry.hash === hashOf(entry)
    ? undefined
    : 'its words are not those that its hash was made of'
}

/** The audit log in the central database. */
export function createAudit(store: CentralStore): Audit {
  const { sql } = store
  const list: Audit['list'] = ({ after = 0, limit = bite } = {}) =>
    store.read(() => sql.auditAfter().all({ after, limit }))

  async function verify(mark?: AuditMark): Promise<AuditVerdict> {
    let last: AuditMark = { number: 0, hash: noEntry }
    for (;;) {
      const entries = await list({ after: last.number })
      for (const entry of entries) {
        const { number } = entry
        const reason = wrongIn(entry, last)
        if (reason !== undefined) return { isSound: false, number: last.number + 1, reason }
        if (number === mark?.number && entry.hash !== mark.hash) {
          return { isSound: false, number, reason: 'it is not the one that was marked' }
        }
        last = { number, hash: entry.hash }
      }
      if (entries.length < bite) break
    }
    if (mark !== undefined && mark.number > last.number) {
      return { isSound: false, number: last.number + 1, reason: 'the end has been cut off' }
    }
    return { isSound: true, last }
  }

  return {
    write: (entry) => store.write('audit', 'write', entry),
    list,
    newest: (limit) => store.read(() => sql.newestAudit().all({ limit })),
    verify,
  }
}
