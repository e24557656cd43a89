import type { HostLimits } from '@nanoclaw/host'
import { longestContent } from '@nanoclaw/schema'
import { z } from 'zod'
import type { ConfigProblem } from './problems.ts'

const longestSeconds = 2_147_483

const between = (least: number, most: number, what: string) => {
  const expected = `expected ${what} from ${least} to ${most}`
  return z.int(expected).min(least, expected).max(most, expected).optional()
}

const seconds = z
  .number({ error: 'expected a number of seconds' })
  .min(0, `expected seconds from 0 to ${longestSeconds}`)
  .max(longestSeconds, `expected seconds from 0 to ${longestSeconds}`)
  .optional()

/** The form of `limits` in the file. */
const shape = z.strictObject(
  {
    contentBytes: between(1_024, longestContent, 'a whole number of bytes'),
    undeliveredRows: between(1, 1_000_000, 'a whole number'),
    rowsPerSecond: between(1, 1_000_000, 'a whole number'),
    rowsBurst: between(1, 1_000_000, 'a whole number'),
    backPressureSeconds: seconds,
    mailPerMinute: between(1, 1_000_000, 'a whole number'),
    mailBurst: between(1, 1_000_000, 'a whole number'),
    childAgents: between(0, 1_000_000, 'a whole number'),
    maxContainers: between(1, 1_000, 'a whole number'),
    slotSeconds: seconds,
  },
  { error: (issue) => (issue.code === 'unrecognized_keys' ? unknownKeys(issue.keys) : notLimits) },
)

const notLimits = 'expected an object of limits, such as { "maxContainers": 8 }'

function unknownKeys(keys: readonly string[]): string {
  const names = keys.map((key) => JSON.stringify(key)).join(', ')
  return `${names}: expected one of ${Object.keys(shape.shape).join(', ')}`
}

/** Reads `limits`; what is left out is as the host has it. */
export function readLimits(
  value: unknown,
  source: string,
  problems: ConfigProblem[],
): Partial<HostLimits> {
  const result = shape.safeParse(value)
  if (!result.success) {
    for (const { path, message } of result.error.issues) {
      const found: unknown =
        path.length === 0 ? undefined : Reflect.get(Object(value), path[0] ?? '')
      const got = path.length === 0 ? '' : `, not ${JSON.stringify(found)}`
      const field = path.length === 0 ? '' : `"${path.join('.')}": `
      problems.push({ source, problem: `${field}${message}${got}` })
    }
    return {}
  }
  const { backPressureSeconds, slotSeconds, ...limits } = result.data
  const inMs = (given: number | undefined) => given && given * 1_000
  const all = { ...limits, backPressureMs: inMs(backPressureSeconds), slotMs: inMs(slotSeconds) }
  return Object.fromEntries(Object.entries(all).filter(([, limit]) => limit !== undefined))
}
