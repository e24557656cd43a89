/** How long something may take, and what ends it early. */
export interface Deadline {
  /** In milliseconds. */
  readonly timeoutMs: number
  readonly signal: AbortSignal
}

/**
 * Waits for `work` until the time is up or the signal aborts; what is late is not waited for.
 * Rejects with an error that names the time, or with the signal's reason.
 */
export async function withinDeadline<T>(work: Promise<T>, deadline: Deadline): Promise<T> {
  const { timeoutMs, signal } = deadline
  const { promise: ended, reject } = Promise.withResolvers<never>()
  const timer = setTimeout(() => reject(new Error(`no answer within ${timeoutMs} ms`)), timeoutMs)
  const onAbort = (): void => reject(signal.reason)
  signal.addEventListener('abort', onAbort)
  if (signal.aborted) onAbort()
  try {
    return await Promise.race([work, ended])
  } finally {
    clearTimeout(timer)
    signal.removeEventListener('abort', onAbort)
  }
}
