/**
 * How a runner that is asked to end spends its time, in milliseconds. The host gives it 10 s by
 * default and then ends it by force; both together stay below that, with what the last commit and
 * the exit take, so that the turn is let go in good order.
 */
export const runnerTimes = {
  /** How long the running turn may still take when the host has hung up. */
  graceMs: 7000,
  /** A provider that was told to stop, or has no more to do, is cut off after this long. */
  patienceMs: 1000,
  /** The same where a person has said so: they wait for it. */
  stopPatienceMs: 500,
  /** How long a tool waits for what becomes of its action: most are done in milliseconds, or not soon. */
  resultMs: 10_000,
  /** Between two looks for it. */
  resultLookMs: 25,
} as const
