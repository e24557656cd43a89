import { z } from 'zod'

/** A value whose variable is not set. */
export interface UnsetOption {
  /** Where in the value, from the top. */
  readonly path: readonly string[]
  readonly variable: string
}

/** What the environment had for the references in a value. */
export interface Filled {
  /** With the environment's values put in; what is not set is left out. */
  readonly value: Readonly<Record<string, unknown>>
  readonly unset: readonly UnsetOption[]
  /** Values that came from the environment: they count as secrets. */
  readonly fromEnvironment: readonly string[]
}

const reference = z.strictObject({ env: z.string().min(1) })

/** Puts variables' values in the place of `{ "env": NAME }`, at any depth. */
export function fillFromEnvironment(given: object, env: NodeJS.ProcessEnv): Filled {
  const unset: UnsetOption[] = []
  const fromEnvironment: string[] = []
  const fill = (value: unknown, path: readonly string[]): unknown => {
    const variable = reference.safeParse(value).data?.env
    if (variable !== undefined) {
      const found = env[variable]
      if (found) fromEnvironment.push(found)
      else unset.push({ path, variable })
      return found || undefined
    }
    if (Array.isArray(value)) return value.map((each, index) => fill(each, [...path, `${index}`]))
    if (typeof value !== 'object' || value === null) return value
    return fillRecord(value, path)
  }
  const fillRecord = (value: object, path: readonly string[]): Record<string, unknown> =>
    Object.fromEntries(
      Object.entries(value)
        .map(([name, each]: [string, unknown]) => [name, fill(each, [...path, name])] as const)
        .filter(([, each]) => each !== undefined),
    )
  return { value: fillRecord(given, []), unset, fromEnvironment }
}
