import { z } from 'zod'

const longestSeconds = 2_147_483

const seconds = z
  .number({ error: 'expected a number of seconds' })
  .min(0.001, 'expected at least 0.001 seconds')
  .max(longestSeconds, `expected at most ${longestSeconds} seconds`)

/** The form of `delivery` in an entry of `channels`. */
export const deliveryShape = z
  .strictObject({
    maxAttempts: z
      .int('expected a whole number from 1 to 1000')
      .min(1, 'expected a whole number from 1 to 1000')
      .max(1000, 'expected a whole number from 1 to 1000')
      .optional(),
    retryBaseSeconds: seconds.optional(),
    retryLongestSeconds: seconds.optional(),
    timeoutSeconds: seconds.optional(),
    unknownOutcome: z.enum(['retry', 'ask'], { error: 'expected one of retry, ask' }).optional(),
  })
  .refine(
    ({ retryBaseSeconds: base, retryLongestSeconds: longest }) =>
      base === undefined || longest === undefined || base <= longest,
    'expected "retryLongestSeconds" to be no less than "retryBaseSeconds"',
  )

/** What a channel's entry says of deliveries; what is left out is as everywhere. */
export interface DeliveryEntry {
  readonly maxAttempts?: number
  /** Milliseconds, as the next two. */
  readonly retryBaseMs?: number
  readonly retryLongestMs?: number
  readonly deliveryTimeoutMs?: number
  /** What becomes of a message of which nobody can find out whether it arrived. */
  readonly unknownOutcome?: 'retry' | 'ask'
}

const inMs = (value: number): number => Math.max(1, Math.round(value * 1000))

/** As the host takes it. */
export function toDeliveryEntry(stored: z.infer<typeof deliveryShape> = {}): DeliveryEntry {
  const { maxAttempts, retryBaseSeconds, retryLongestSeconds, timeoutSeconds, unknownOutcome } =
    stored
  return {
    ...(maxAttempts === undefined ? {} : { maxAttempts }),
    ...(retryBaseSeconds === undefined ? {} : { retryBaseMs: inMs(retryBaseSeconds) }),
    ...(retryLongestSeconds === undefined ? {} : { retryLongestMs: inMs(retryLongestSeconds) }),
    ...(timeoutSeconds === undefined ? {} : { deliveryTimeoutMs: inMs(timeoutSeconds) }),
    ...(unknownOutcome === undefined ? {} : { unknownOutcome }),
  }
}
