import { meta, sessions } from '@nanoclaw/schema/drizzle'
import { eq, sql } from 'drizzle-orm'
import type { CentralOrm, WriteTools } from '../central/write-tools.ts'

const prunedThroughKey = 'events_pruned_through'

/** What pruning reads in the central database. */
export function retentionReads({ orm }: CentralOrm) {
  const columns = { sessionId: sessions.id, agentGroupId: sessions.agentGroupId }
  const ofAgent = sql`${sessions.agentGroupId} = ${sql.placeholder('agentGroupId')}`
  const limit = sql.placeholder('limit')
  const unknown = orm
    .select(columns)
    .from(sessions)
    .where(sql`${ofAgent} AND ${sessions.oldestAt} IS NULL`)
    .limit(limit)
    .prepare()
  const older = orm
    .select(columns)
    .from(sessions)
    .where(sql`${ofAgent} AND ${sessions.oldestAt} < ${sql.placeholder('before')}`)
    .orderBy(sessions.oldestAt)
    .limit(limit)
    .prepare()
  const prunedThrough = orm
    .select({ value: meta.value })
    .from(meta)
    .where(eq(meta.key, prunedThroughKey))
    .prepare()
  return {
    /** Sessions in which something may be older. By index. */
    older: (agentGroupId: string, before: string, most: number) => {
      const found = unknown.all({ agentGroupId, limit: most })
      return [...found, ...older.all({ agentGroupId, before, limit: most - found.length })]
    },
    /** The largest stamp of an event that has been pruned, or is about to be; 0: none. */
    prunedThrough: (): number => Number(prunedThrough.get()?.value ?? 0),
  }
}

/** What pruning writes there: each is one transaction of its own. */
export function retentionWrites(tools: WriteTools) {
  const { orm } = tools
  const reads = retentionReads(tools)
  const setPrunedThrough = orm
    .insert(meta)
    .values({ key: prunedThroughKey, value: sql.placeholder('value') })
    .onConflictDoUpdate({ target: meta.key, set: { value: sql`excluded.value` } })
    .prepare()
  const setOldest = orm
    .update(sessions)
    .set({ oldestAt: sql`${sql.placeholder('at')}` })
    .where(eq(sessions.id, sql.placeholder('id')))
    .prepare()
  return {
    setPrunedThrough(stamp: number): void {
      if (stamp > reads.prunedThrough()) setPrunedThrough.run({ value: String(stamp) })
    },
    setOldest: (id: string, at: string): void => void setOldest.run({ id, at }),
  }
}
