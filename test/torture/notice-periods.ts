import type { Evidence, LedgerPart } from './evidence.ts'

/** When each room knew that something is wrong. */
export interface Periods {
  /** Whether the row with this number ended while a notice stood in the room. */
  covers(room: string, seq: number): boolean
}

interface Period {
  readonly from: number
  /** Not included. */
  readonly to: number
}

/**
 * One notice says that messages cannot be answered, one that it is over; rows of one room end in the
 * order of their numbers. So a row that failed was told of if its number is from that of the row the
 * first is about, up to that of the row the second is about.
 */
export function noticePeriods({ ledger, posts, inbound, words }: Evidence): Periods {
  const shown = new Set(posts.map(({ key }) => key))
  const seqs = new Map(inbound.map(({ id, seq }) => [id, seq]))
  const own = ledger.filter(({ seq, part }) => seq % 2 === 0 && part === 0)
  const rooms = Map.groupBy(own, ({ room }) => room ?? '')
  const periods = new Map([...rooms].map(([room, notices]) => [room, periodsOf(notices)]))

  function periodsOf(notices: readonly LedgerPart[]): readonly Period[] {
    const found: Period[] = []
    let from: number | undefined
    let last = 0
    for (const { key, text, inReplyTo } of notices.toSorted((a, b) => a.seq - b.seq)) {
      const about = seqs.get(inReplyTo ?? '')
      if (text === words.unanswered && shown.has(key)) from ??= about ?? last
      if (text === words.recovered && from !== undefined) {
        last = about ?? last
        found.push({ from, to: last })
        from = undefined
      }
    }
    return from === undefined ? found : [...found, { from, to: Infinity }]
  }

  return {
    covers: (room, seq) =>
      periods.get(room)?.some(({ from, to }) => from <= seq && seq < to) ?? false,
  }
}
