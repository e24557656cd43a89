import { NanoclawError } from '@nanoclaw/schema'

/** What a package has to answer within, in milliseconds: a first start on a small board is slow. */
const packageLimitMs = 20_000

/** How long something may take. */
export interface Limit {
  /** In milliseconds. Default 20,000. */
  readonly limitMs?: number
  /** Ends the waiting, too. */
  readonly signal?: AbortSignal
}

/**
 * What comes of the work; what comes of it later is nobody's affair.
 * @throws what it throws; the signal's reason; NanoclawError `bad-option` when it has not settled in
 *   time, of which `what` is the beginning of the sentence.
 */
export async function within<T>(
  work: () => Promise<T>,
  what: string,
  { limitMs = packageLimitMs, signal }: Limit = {},
): Promise<T> {
  signal?.throwIfAborted()
  const over = new AbortController()
  const late = new Promise<never>((_resolve, reject) => {
    const timer = setTimeout(() => {
      reject(new NanoclawError('bad-option', `${what} within ${limitMs / 1000} seconds`))
    }, limitMs)
    const stop = (): void => reject(signal?.reason)
    signal?.addEventListener('abort', stop, { signal: over.signal })
    over.signal.addEventListener('abort', () => clearTimeout(timer))
  })
  try {
    return await Promise.race([work(), late])
  } finally {
    over.abort()
  }
}
