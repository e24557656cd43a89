import type { Writable } from 'node:stream'
import { RetryableDeliveryError, UnknownOutcomeError } from '../contract/errors.ts'

/**
 * Writes and resolves when it was flushed.
 * @throws RetryableDeliveryError the output was closed before; nothing was written.
 * @throws UnknownOutcomeError writing failed; a part may be there.
 */
export function writeFlushed(output: Writable, text: string): Promise<void> {
  return new Promise((resolve, reject) => {
    if (!output.writable) {
      reject(new RetryableDeliveryError('The output is closed.', { cause: output.errored }))
      return
    }
    output.write(text, (cause) => {
      if (cause === undefined || cause === null) resolve()
      else reject(new UnknownOutcomeError('Writing the answer failed.', { cause }))
    })
  })
}
