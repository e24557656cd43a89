import type { Random } from '../random.ts'

/** What the platform does to one send. */
export type SendFault =
  | { readonly type: 'none' }
  /** Takes it after this long, whether or not the asker is still there. */
  | { readonly type: 'slow'; readonly ms: number }
  /** Takes it and resets the connection. */
  | { readonly type: 'reset-after' }
  /** Resets the connection and takes nothing. */
  | { readonly type: 'reset-before' }
  /** Takes it and never answers. */
  | { readonly type: 'silent' }
  /** Takes it and answers after this long. */
  | { readonly type: 'late'; readonly ms: number }
  /** 429 with `retry-after`, nothing taken. */
  | { readonly type: 'slow-down'; readonly seconds: number }
  /** 503, nothing taken. */
  | { readonly type: 'trouble' }
  /** Nobody gets an answer until the connection is gone. */
  | { readonly type: 'hold'; readonly taken: boolean }

/** Decides of each send in turn. */
export type SendFaults = () => SendFault

const weights = {
  none: 78,
  slow: 5,
  'reset-after': 4,
  'reset-before': 3,
  silent: 1,
  late: 4,
  'slow-down': 2.5,
  trouble: 2.5,
}

/** What may go wrong on a bad day. */
export const sendFaults = [
  'slow',
  'reset-after',
  'reset-before',
  'silent',
  'late',
  'slow-down',
  'trouble',
] as const
/** Until each has been dealt once, every so many sends meet one. */
const firstEvery = 3

/** A platform on a bad day: each fault once, soon; then what chance decides. */
export function badDay(random: Random): SendFaults {
  let sends = 0
  return () => {
    sends += 1
    const first = sendFaults[sends / firstEvery - 1]
    const type = first ?? random.weighted(weights)
    if (type === 'slow') return { type, ms: random.between(50, 1_500) }
    if (type === 'late') return { type, ms: random.between(100, 1_500) }
    if (type === 'slow-down') return { type, seconds: 1 }
    return { type }
  }
}

/** A platform that is well. */
export const well: SendFaults = () => ({ type: 'none' })
