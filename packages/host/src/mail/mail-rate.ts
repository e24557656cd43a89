import type { HostLimits } from '../limits.ts'

/** Letters from each agent to each other one, as far as they count. */
export interface MailRate {
  /** Counts one more. False: there have been too many, and it does not count. */
  admit(from: string, to: string): boolean
}

interface Bucket {
  tokens: number
  filledAt: number
}

const minuteMs = 60_000
/** Pairs that are remembered at once; those that have not written for long are forgotten. */
const mostPairs = 1_000

/** A bucket of tokens for each pair of agents, whichever of their sessions write. `now`: in milliseconds. */
export function createMailRate(
  { mailPerMinute, mailBurst }: Pick<HostLimits, 'mailPerMinute' | 'mailBurst'>,
  now: () => number,
): MailRate {
  const buckets = new Map<string, Bucket>()
  const filled = ({ tokens, filledAt }: Bucket, at: number): number =>
    Math.min(mailBurst, tokens + ((at - filledAt) / minuteMs) * mailPerMinute)
  const forgetFull = (at: number): void => {
    for (const [key, bucket] of buckets) if (filled(bucket, at) >= mailBurst) buckets.delete(key)
  }
  return {
    admit(from, to) {
      if (mailPerMinute === Infinity) return true
      const at = now()
      const key = JSON.stringify([from, to])
      const known = buckets.get(key)
      if (known === undefined && buckets.size >= mostPairs) forgetFull(at)
      const tokens = known === undefined ? mailBurst : filled(known, at)
      const isIn = tokens >= 1
      buckets.set(key, { tokens: isIn ? tokens - 1 : tokens, filledAt: at })
      return isIn
    },
  }
}
