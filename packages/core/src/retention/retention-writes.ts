import type { CentralSql, WriteTools } from '../central/write-tools.ts'

const prunedThroughKey = 'events_pruned_through'
const clockKey = 'retention_clock'

/**
 * What the one who prunes remembers of the clock, so that one that jumps ahead makes nothing old; for
 * each time that is kept, as what is remarkable to one is not to another.
 */
export interface SeenClock {
  readonly retentionDays: number
  /** What it should show at least, in milliseconds since the epoch. */
  readonly at: number
  /** For how long it has been too far ahead of that; null: it is believed. */
  readonly doubtMs: number | null
  /** What it did show, where it is doubted: another jump begins another doubt. */
  readonly shown: number | null
}

function parseSeen(text: string): readonly SeenClock[] {
  // Written by this file.
  const found: readonly SeenClock[] | object = JSON.parse(text)
  return Array.isArray(found) ? found : []
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
    seenClock: (): readonly SeenClock[] =>
      parseSeen(sql.meta().get({ key: clockKey })?.value ?? '[]'),
    /** In milliseconds since the epoch; undefined where there are no sessions. */
    newestActivity(): number | undefined {
      const at = Date.parse(sql.newestMoment().get()?.at ?? '')
      return Number.isNaN(at) ? undefined : at
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
    noteClock: (seen: readonly SeenClock[]): void =>
      void sql.setMeta().run({ key: clockKey, value: JSON.stringify(seen) }),
    setOldest: (id: string, at: string): void => void sql.setOldest().run({ id, at }),
  }
}
