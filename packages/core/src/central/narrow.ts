import { NanoclawError } from '@nanoclaw/schema/plain'

/** A database's text as one of the values its column may hold. Throws `corrupt` for any other. */
export function oneOf<const T extends string>(
  values: readonly T[],
  value: string,
  column: string,
): T {
  const found = values.find((candidate) => candidate === value)
  if (found !== undefined) return found
  throw new NanoclawError(
    'corrupt',
    `expected ${column} to be one of ${values.join(', ')}, found ${JSON.stringify(value)}; a newer or foreign program has written it`,
  )
}

/** The row that a statement had to return. */
export function present<T>(value: T | undefined, what: string): T {
  if (value !== undefined) return value
  throw new NanoclawError('corrupt', `expected ${what} to come back from its own write, none did`)
}
