import { errorMessage, isNanoclawError, NanoclawError } from '@nanoclaw/schema/plain'
import type { CrossingError } from './messages.ts'

/** Causes may go round in a circle. */
const deepestCause = 5

function textAt(error: object, key: string): string | undefined {
  const value: unknown = Reflect.get(error, key)
  return typeof value === 'string' ? value : undefined
}

/** An error to be sent to another thread. */
export function toCrossing(error: unknown, depth = 0): CrossingError {
  const nothing = { stack: undefined, ours: undefined, code: undefined, cause: undefined }
  if (!(error instanceof Error)) return { ...nothing, name: 'Error', message: errorMessage(error) }
  const { name, message, stack, cause } = error
  const isOurs = isNanoclawError(error)
  return {
    ...{ name, message, stack },
    ours: isOurs ? error.code : undefined,
    code: isOurs ? undefined : textAt(error, 'code'),
    cause: cause === undefined || depth === deepestCause ? undefined : toCrossing(cause, depth + 1),
  }
}

/**
 * The error that another thread sent: a `NanoclawError` with its code; any other as an `Error` with
 * its name and its `code`, which SQLite's are recognised by.
 */
export function fromCrossing({ ours, name, message, code, stack, cause }: CrossingError): Error {
  const options = cause === undefined ? {} : { cause: fromCrossing(cause) }
  const error =
    ours === undefined
      ? Object.assign(new Error(message, options), { name }, code === undefined ? {} : { code })
      : new NanoclawError(ours, message, options)
  if (stack !== undefined) error.stack = stack
  return error
}
