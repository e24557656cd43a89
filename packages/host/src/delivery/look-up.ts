import type { ChannelAdapter, ReconcileResult } from '@nanoclaw/adapters'
import type { Logger } from '@nanoclaw/core'
import { withinDeadline, type Deadline } from './deadline.ts'

/** Which send to look up, and where. */
export interface LookUpRequest extends Deadline {
  readonly adapter: ChannelAdapter | undefined
  readonly key: string
  readonly logger: Logger
}

/**
 * Asks the platform what became of a send. A channel that cannot, fails or does not answer in time
 * knows nothing. Rejects when the signal aborts: then the question is for the next process.
 */
export async function lookUp(request: LookUpRequest): Promise<ReconcileResult> {
  const { adapter, key, logger, signal } = request
  signal.throwIfAborted()
  if (adapter?.reconcile === undefined) return { outcome: 'unknown' }
  try {
    return await withinDeadline(adapter.reconcile(key), request)
  } catch (error) {
    signal.throwIfAborted()
    logger.warn({ key, err: error }, 'a channel could not look a send up')
    return { outcome: 'unknown' }
  }
}
