import type { ArchivedSession, Archives } from './archives.ts'
import type { PrunedRow } from './types.ts'

/** Archives that live as long as this object, for a core in memory. */
export function createMemoryArchives(): Archives {
  const archives = new Map<string, PrunedRow[]>()
  const of = ({ sessionId }: ArchivedSession) => archives.get(sessionId) ?? []
  return {
    async append(session, { rows, at, month }) {
      // As on a disk: what the mailbox does not vouch for has not been pruned.
      const kept = at === null ? of(session) : of(session).slice(0, at.bytes)
      archives.set(session.sessionId, [...kept, ...rows])
      return { file: `${month}.jsonl.gz`, bytes: kept.length + rows.length }
    },
    removeInbox: async () => 0,
    async *read(session) {
      yield* of(session)
    },
    async rewrite(session, stays) {
      const before = of(session)
      const kept = before.filter(stays)
      archives.set(session.sessionId, kept)
      return before.length - kept.length
    },
  }
}
