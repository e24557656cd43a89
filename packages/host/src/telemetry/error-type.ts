import { isAdapterError, meaningOfDeliveryError } from '@nanoclaw/adapters'
import { isNanoclawError } from '@nanoclaw/schema'
import { DeadlineError } from '../deadline.ts'

/**
 * `error.type` of what was thrown, one of few: what an adapter's error means (`retryable`,
 * `terminal`, `unknown`), `timeout`, the code of a `NanoclawError`, else `_OTHER`.
 */
export function errorTypeOf(error: unknown): string {
  if (isAdapterError(error)) return meaningOfDeliveryError(error)
  if (error instanceof DeadlineError) return 'timeout'
  return isNanoclawError(error) ? error.code : '_OTHER'
}
