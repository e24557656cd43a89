/** `sessions.last_event` of a session that may get events at any time: above every stamp. */
export const anyStamp = Number.MAX_SAFE_INTEGER

/** How far the stamps of a home have been given, as one process knows it. */
export interface KnownStamps {
  /** The largest that this process may have given. */
  readonly last: number
  /** Up to which it may give more. Above that are those of other processes. */
  readonly ceiling: number
}

/** Stamps that may be given: all above `from`, up to `ceiling`. */
export interface StampRange {
  readonly from: number
  readonly ceiling: number
}
