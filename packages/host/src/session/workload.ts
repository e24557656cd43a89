import type { Appended, NewInbound, PendingRow } from '@nanoclaw/core'
import type { Place } from '@nanoclaw/schema'

/** What was just appended, as `pending` would return it; rows that were there before left out. */
export function pendingRows(
  rows: readonly NewInbound[],
  appended: readonly Appended[],
): readonly PendingRow[] {
  return rows.flatMap((row, index) => {
    const { outcome, id = '', seq = 0 } = appended[index] ?? {}
    if (outcome !== 'accepted') return []
    const { kind, origin, processAfter = null, trigger = true } = row
    return [{ id, seq, kind, origin, processAfter, trigger, tries: 0 }]
  })
}

/** The earlier of two moments, either of which may not be. */
export function earliest(one: string | null, other: string | null): string | null {
  if (one === null || other === null) return one ?? other
  return one < other ? one : other
}

/** Whether two places are the same. */
export function isPlace(one: Place, other: Place): boolean {
  return (
    one.channelType === other.channelType &&
    one.channelInstance === other.channelInstance &&
    one.platformId === other.platformId
  )
}
