import { meta, sessions } from '@nanoclaw/schema/drizzle'
import { eq, sql } from 'drizzle-orm'
import type { CentralOrm, WriteTools } from '../central/write-tools.ts'

const prunedThroughKey = 'events_pruned_through'
const clockKey = 'retention_clock'

/** What the one who prunes remembers of the clock, so that one that jumps ahead makes nothing old. */
export interface SeenClock {
  /** What it should show at least, in milliseconds since the epoch. */
  readonly at: number
  /** For how long it has been too far ahead of that; null: it is believed. */
  readonly doubtMs: number | null
}

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
  const value = orm
    .select({ value: meta.value })
    .from(meta)
    .where(eq(meta.key, sql.placeholder('key')))
    .prepare()
  const newest = orm
    .select({
      at: sql<string | null>`max(coalesce(${sessions.lastActive}, ${sessions.createdAt}))`,
    })
    .from(sessions)
    .prepare()
  return {
    /** Sessions in which something may be older. By index. */
    older: (agentGroupId: string, before: string, most: number) => {
      const found = unknown.all({ agentGroupId, limit: most })
      return [...found, ...older.all({ agentGroupId, before, limit: most - found.length })]
    },
    /** The largest stamp of an event that has been pruned, or is about to be; 0: none. */
    prunedThrough: (): number => Number(value.get({ key: prunedThroughKey })?.value ?? 0),
    /** Where nobody has looked yet, what the sessions say; undefined where there are none. */
    seenClock(): SeenClock | undefined {
      const noted = value.get({ key: clockKey })?.value
      if (noted !== undefined) {
        const { at, doubtMs }: Partial<SeenClock> = JSON.parse(noted)
        if (typeof at === 'number') return { at, doubtMs: doubtMs ?? null }
      }
      const at = Date.parse(newest.get()?.at ?? '')
      return Number.isNaN(at) ? undefined : { at, doubtMs: null }
    },
  }
}

/** What pruning writes there: each is one transaction of its own. */
export function retentionWrites(tools: WriteTools) {
  const { orm } = tools
  const reads = retentionReads(tools)
  const setValue = orm
    .insert(meta)
    .values({ key: sql.placeholder('key'), value: sql.placeholder('value') })
    .onConflictDoUpdate({ target: meta.key, set: { value: sql`excluded.value` } })
    .prepare()
  const setOldest = orm
    .update(sessions)
    .set({ oldestAt: sql`${sql.placeholder('at')}` })
    .where(eq(sessions.id, sql.placeholder('id')))
    .prepare()
  return {
    setPrunedThrough(stamp: number): void {
      if (stamp > reads.prunedThrough())
        setValue.run({ key: prunedThroughKey, value: String(stamp) })
    },
    noteClock: (seen: SeenClock): void =>
      void setValue.run({ key: clockKey, value: JSON.stringify(seen) }),
    setOldest: (id: string, at: string): void => void setOldest.run({ id, at }),
  }
}
