/** The longest that a timer of Node's waits, in milliseconds; one set for longer fires at once. */
export const longestTimerMs = 2 ** 31 - 1

/** How long something may take, and what ends it early. */
export interface Deadline {
  /** In milliseconds. */
  readonly timeoutMs: number
  readonly signal?: AbortSignal | undefined
}

/** Something took longer than it may. */
export class DeadlineError extends Error {
  constructor(timeoutMs: number) {
    super(`no answer within ${timeoutMs} ms`)
    this.name = 'DeadlineError'
  }
}

/** Aborts when one of them does. */
export function eitherSignal(one: AbortSignal, other: AbortSignal | undefined): AbortSignal {
  return other === undefined ? one : AbortSignal.any([one, other])
}

/**
 * Waits for `work`, unless the signal aborts first: then what is late is not waited for, and it
 * rejects with the signal's reason.
 */
export async function unlessAborted<T>(work: Promise<T>, signal?: AbortSignal): Promise<T> {
  if (signal === undefined) return work
  const { promise: ended, reject } = Promise.withResolvers<never>()
  const onAbort = (): void => reject(signal.reason)
  signal.addEventListener('abort', onAbort)
  if (signal.aborted) onAbort()
  try {
    return await Promise.race([work, ended])
  } finally {
    signal.removeEventListener('abort', onAbort)
  }
}

/**
 * Waits for `work` until the time is up or the signal aborts; what is late is not waited for. `work`
 * is given a signal for both. Rejects with a {@link DeadlineError}, or with the signal's reason.
 */
export async function withinDeadline<T>(
  work: (signal: AbortSignal) => Promise<T>,
  { timeoutMs, signal }: Deadline,
): Promise<T> {
  // Not `AbortSignal.any`: a signal that lives long keeps something of each that was made of it.
  const end = new AbortController()
  let stop: ((reason: unknown) => void) | undefined
  const timer = setTimeout(() => stop?.(new DeadlineError(timeoutMs)), timeoutMs)
  const onAbort = (): void => stop?.(signal?.reason)
  signal?.addEventListener('abort', onAbort)
  try {
    return await new Promise<T>((resolve, reject) => {
      stop = (reason) => {
        end.abort(reason)
        reject(reason)
      }
      if (signal?.aborted === true) onAbort()
      work(end.signal).then(resolve, reject)
    })
  } finally {
    clearTimeout(timer)
    signal?.removeEventListener('abort', onAbort)
  }
}
