import type { CentralSql, WriteTools } from '../central/write-tools.ts'

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
export function retentionReads({ sql }: CentralSql) {
  return {
    /** Sessions in which something may be older. By index. */
    older: (agentGroupId: string, before: string, most: number) => {
      const found = sql.neverPruned().all({ agentGroupId, limit: most })
      const limit = most - found.length
      return [...found, ...sql.prunedBefore().all({ agentGroupId, before, limit })]
    },
    /** The largest stamp of an event that has been pruned, or is about to be; 0: none. */
    prunedThrough: (): number => Number(sql.meta().get({ key: prunedThroughKey })?.value ?? 0),
    /** Where nobody has looked yet, what the sessions say; undefined where there are none. */
    seenClock(): SeenClock | undefined {
      const noted = sql.meta().get({ key: clockKey })?.value
      if (noted !== undefined) {
        const { at, doubtMs }: Partial<SeenClock> = JSON.parse(noted)
        if (typeof at === 'number') return { at, doubtMs: doubtMs ?? null }
      }
      const at = Date.parse(sql.newestMoment().get()?.at ?? '')
      return Number.isNaN(at) ? undefined : { at, doubtMs: null }
    },
  }
}

/** What pruning writes there: each is one transaction of its own. */
export function retentionWrites(tools: WriteTools) {
  const { sql } = tools
  const reads = retentionReads(tools)
  return {
    setPrunedThrough(stamp: number): void {
      if (stamp <= reads.prunedThrough()) return
      sql.setMeta().run({ key: prunedThroughKey, value: String(stamp) })
    },
    noteClock: (seen: SeenClock): void =>
      void sql.setMeta().run({ key: clockKey, value: JSON.stringify(seen) }),
    setOldest: (id: string, at: string): void => void sql.setOldest().run({ id, at }),
  }
}
