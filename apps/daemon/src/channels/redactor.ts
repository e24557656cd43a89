import type { Logger } from '@nanoclaw/adapters'
import type { ChannelEntry } from '../config/channel-entries.ts'
import type { OptionField } from './option-fields.ts'

/** Takes secrets out of what is said. */
export interface Redactor {
  text(text: string): string
  /** The same error, its message and those of its causes without secrets. */
  error(error: unknown): unknown
  logger(logger: Logger): Logger
}

/** Shorter ones would blot out ordinary words. */
const shortestSecret = 4
const deepest = 5

/**
 * The secrets of a channel: what its schema marks, and what came from the environment. Where the
 * schema does not describe itself, every text of the options.
 */
export function secretsOf(
  { options, fromEnvironment }: Pick<ChannelEntry, 'options' | 'fromEnvironment'>,
  fields: readonly OptionField[] | undefined,
): readonly string[] {
  const marked = Object.entries(options).filter(
    ([name]) => fields?.find((field) => field.name === name)?.isSecret ?? fields === undefined,
  )
  return [...fromEnvironment, ...marked.flatMap(([, value]) => textsIn(value))]
}

function textsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value]
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsIn) : []
}

/** Knows these secrets. */
export function createRedactor(secrets: readonly string[]): Redactor {
  const known = [...new Set(secrets.flatMap((secret) => [secret, encodeURIComponent(secret)]))]
    .filter((secret) => secret.length >= shortestSecret)
    // One that holds another goes first.
    .sort((a, b) => b.length - a.length)
  const text = (given: string): string =>
    known.reduce((rest, secret) => rest.replaceAll(secret, '[secret]'), given)

  const error = (given: unknown, depth = 0): unknown => {
    if (!(given instanceof Error) || depth > deepest) {
      return typeof given === 'string' ? text(given) : given
    }
    for (const name of Object.getOwnPropertyNames(given)) {
      const value: unknown = Reflect.get(given, name)
      if (typeof value === 'string') Reflect.set(given, name, text(value))
      else if (value instanceof Error) error(value, depth + 1)
    }
    return given
  }

  const details = (given: unknown, depth = 0): unknown => {
    if (typeof given === 'string') return text(given)
    if (given instanceof Error) return error(given)
    if (typeof given !== 'object' || given === null) return given
    if (depth > deepest) return '[too deep]'
    if (Array.isArray(given)) return given.map((each) => details(each, depth + 1))
    return Object.fromEntries(
      Object.entries(given).map(([name, value]: [string, unknown]) => [
        text(name),
        details(value, depth + 1),
      ]),
    )
  }

  const cleaned =
    (write: (details: object, message: string) => void) =>
    (given: object, message: string): void =>
      write(Object(details(given)), text(message))

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
