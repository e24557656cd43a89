import {
  isAdapterError,
  isRetryableDeliveryError,
  isTerminalDeliveryError,
  RetryableDeliveryError,
  TerminalDeliveryError,
  UnknownOutcomeError,
  type Logger,
} from '@nanoclaw/adapters'
import { isNanoclawError, NanoclawError } from '@nanoclaw/schema'
import type { ChannelEntry } from '../config/channel-entries.ts'
import type { OptionField } from './option-fields.ts'

/** Takes secrets out of what is said. */
export interface Redactor {
  text(text: string): string
  /**
   * A copy of the error that means the same: of its name, message, stack, code and causes, without
   * secrets. Whatever else it carries (a request, its headers) is left out.
   */
  error(error: unknown): unknown
  logger(logger: Logger): Logger
}

/** Shorter ones would blot out ordinary words. */
const shortestSecret = 4
const deepest = 5

/**
 * The secrets of a channel: what its schema marks or does not know, and what came from the
 * environment. Where the schema does not describe itself, every text of the options.
 */
export function secretsOf(
  { options, fromEnvironment }: Pick<ChannelEntry, 'options' | 'fromEnvironment'>,
  fields: readonly OptionField[] | undefined,
): readonly string[] {
  const marked = Object.entries(options).filter(
    ([name]) => fields?.find((field) => field.name === name)?.isSecret ?? true,
  )
  return [...fromEnvironment, ...marked.flatMap(([, value]) => textsIn(value))]
}

/** Every text of the options of these channels: more than their secrets, before schemas are known. */
export function allTexts(entries: readonly ChannelEntry[]): readonly string[] {
  return entries.flatMap((entry) => secretsOf(entry, undefined))
}

function textsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value]
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsIn) : []
}

/** As it is, as it stands in an address, and as it stands in JSON. */
function formsOf(secret: string): string[] {
  return [secret, encodeURIComponent(secret.toWellFormed()), JSON.stringify(secret).slice(1, -1)]
}

/** Knows these secrets. */
export function createRedactor(secrets: readonly string[]): Redactor {
  const known = [...new Set(secrets.flatMap(formsOf))]
    .filter((secret) => secret.length >= shortestSecret)
    // One that holds another goes first.
    .sort((a, b) => b.length - a.length)
  const text = (given: string): string =>
    known.reduce((rest, secret) => rest.replaceAll(secret, '[secret]'), given)

  const error = (given: unknown, depth = 0): unknown =>
    given instanceof Error ? copyOf(given, depth) : details(given, depth)

  const copyOf = (given: Error, depth: number): unknown => {
    if (depth > deepest) return '[too deep]'
    const said = (name: string): string | undefined => {
      const value = read(given, name)
      return typeof value === 'string' ? text(value) : undefined
    }
    const cause = read(given, 'cause')
    const options = cause === undefined ? {} : { cause: error(cause, depth + 1) }
    const errors = read(given, 'errors')
    const copy = Array.isArray(errors)
      ? new AggregateError(
          errors.map((each) => error(each, depth + 1)),
          said('message'),
          options,
        )
      : sameMeaning(given, said('message') ?? '', options)
    const [name, stack, code] = [said('name'), said('stack'), read(given, 'code')]
    if (name !== undefined) define(copy, 'name', name)
    define(copy, 'stack', stack ?? `${copy.name}: ${copy.message}`)
    if (typeof code === 'string') define(copy, 'code', text(code))
    if (typeof code === 'number') define(copy, 'code', code)
    return copy
  }

  const details = (given: unknown, depth = 0): unknown => {
    if (typeof given === 'string') return text(given)
    if (typeof given !== 'object' || given === null || given instanceof Date) return given
    if (depth > deepest) return '[too deep]'
    if (given instanceof Error) return copyOf(given, depth)
    if (Array.isArray(given)) return given.map((each) => details(each, depth + 1))
    const plain = read(given, 'toJSON')
    if (typeof plain === 'function') return details(call(plain, given), depth + 1)
    if (given instanceof Map || given instanceof Set) return details([...given], depth)
    return Object.fromEntries(
      Object.keys(given).map((name) => [text(name), details(read(given, name), depth + 1)]),
    )
  }

  const cleaned =
    (write: (details: object, message: string) => void) =>
    (given: object, message: string): void =>
      write(Object(details(given)), text(String(message)))

  return {
    text,
    error: (given) => error(given),
    logger: (logger) => ({
      debug: cleaned((given, message) => logger.debug(given, message)),
      info: cleaned((given, message) => logger.info(given, message)),
      warn: cleaned((given, message) => logger.warn(given, message)),
      error: cleaned((given, message) => logger.error(given, message)),
    }),
  }
}

/** An error of the class that tells the host what has become of a delivery, or what went wrong. */
function sameMeaning(given: Error, message: string, options: { cause?: unknown }): Error {
  if (isRetryableDeliveryError(given)) {
    const { retryAfterMs } = given
    const after = retryAfterMs === undefined ? {} : { retryAfterMs }
    return new RetryableDeliveryError(message, { ...options, ...after })
  }
  if (isTerminalDeliveryError(given)) return new TerminalDeliveryError(message, options)
  if (isAdapterError(given)) return new UnknownOutcomeError(message, options)
  if (isNanoclawError(given)) return new NanoclawError(given.code, message, options)
  return new Error(message, options)
}

function define(error: Error, name: string, value: unknown): void {
  const enumerable = name === 'code'
  Object.defineProperty(error, name, { value, enumerable, configurable: true, writable: true })
}

/** What a getter that throws would have given is not known. */
function read(given: object, name: string): unknown {
  try {
    return Reflect.get(given, name)
  } catch {
    return undefined
  }
}

function call(method: unknown, on: object): unknown {
  try {
    return typeof method === 'function' ? Reflect.apply(method, on, []) : undefined
  } catch {
    return undefined
  }
}
