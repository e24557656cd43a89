import type { ChannelAdapter, ReconcileResult } from '@nanoclaw/adapters'
import type { Logger } from '@nanoclaw/core'
import { withinDeadline, type Deadline } from '../deadline.ts'

/** Which send to look up, and where. */
export interface LookUpRequest extends Deadline {
  readonly adapter: ChannelAdapter
  readonly signal: AbortSignal
  readonly key: string
  readonly logger: Logger
  /** Follows the call of the adapter. */
  traced<T>(call: () => Promise<T>): Promise<T>
}

/**
 * Asks the platform what became of a send. A channel that cannot, fails or does not answer in time
 * knows nothing. Rejects when the signal aborts: then the question is for the next process.
 */
export async function lookUp(request: LookUpRequest): Promise<ReconcileResult> {
  const { adapter, key, logger, signal } = request
  signal.throwIfAborted()
  const reconcile = adapter.reconcile?.bind(adapter)
  if (reconcile === undefined) return { outcome: 'unknown' }
  try {
    const known = await request.traced(() => withinDeadline(() => reconcile(key), request))
    // Nothing else is believed, whatever an adapter answers.
    return ['sent', 'not-sent'].includes(known.outcome) ? known : { outcome: 'unknown' }
  } catch (error) {
    signal.throwIfAborted()
    logger.warn({ key, err: error }, 'a channel could not look a send up')
    return { outcome: 'unknown' }
  }
}
