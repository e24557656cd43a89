/** Tells the time; injected everywhere, so that tests can move it. */
export interface Clock {
  /** Milliseconds since the epoch (wall clock; may jump). */
  now(): number
}

/** The machine's clock. */
export const systemClock: Clock = { now: () => Date.now() }

const timestampPattern = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$/

/**
 * The clock's moment, or `offsetMs` milliseconds later (default 0), as every file keeps it: ISO-8601
 * UTC with milliseconds and `Z`, 24 characters, so that string order is time order (invariant I9).
 */
export function timestamp(clock: Clock, offsetMs = 0): string {
  return new Date(clock.now() + offsetMs).toISOString()
}

/** Whether a text is a moment in the form of {@link timestamp} and a real date. */
export function isTimestamp(text: string): boolean {
  if (!timestampPattern.test(text)) return false
  const date = new Date(text)
  // 30 February and 24:00 parse, as other days.
  return !Number.isNaN(date.getTime()) && date.toISOString() === text
}
