import { parseArgs } from 'node:util'

/** Which proof is run. */
export type TestName = 'storm' | 'runner-kills' | 'host-kills'

/** What a run was asked for. */
export interface TortureOptions {
  readonly test: TestName
  readonly minutes: number
  /** Undefined: a storm goes by its minutes. */
  readonly kills: number | undefined
  readonly seed: number
  /** Milliseconds; undefined: the platform knows no key again. */
  readonly windowMs: number | undefined
  /** Whether the platform can be asked about a key. */
  readonly lookUp: boolean
  /** What has ended is archived and pruned after so many milliseconds; undefined: after 90 days. */
  readonly retentionMs: number | undefined
  readonly json: boolean
  /** The home is kept, whatever comes out. */
  readonly keep: boolean
}

/** How it is called. */
export const usage = `usage: pnpm torture [--minutes N] [--window MS|none] [--look-up] [--retention MS] [--seed S] [--json] [--keep]
       pnpm torture --test runner-kills|host-kills [--kills N] [...]

Kills the daemon and its runners while people write, and counts what became of their messages.
  --minutes N      how long messages are written and processes killed; default 1
  --window MS      for how long the platform knows a key again, or none; default 86400000, a day
  --look-up        the platform can be asked what became of a send
  --retention MS   what has ended is archived and pruned so soon; default: after 90 days
  --seed S         a whole number that all chance comes from; default: a new one, which is printed
  --test NAME      instead of the storm: runner-kills (20 kills of the runner, 110 messages) or
                   host-kills (20 kills of the host while the platform holds a send, 81 messages)
  --kills N        so many kills instead of 20, and as many fewer messages; a storm ends when so many
                   have met a daemon that answers and all faults have been dealt, whatever the time
  --json           the counts as one object on standard output
  --keep           keep the home also where all is well
`

const dayMs = 24 * 60 * 60_000
const tests: readonly TestName[] = ['storm', 'runner-kills', 'host-kills']

/**
 * Reads the command line; undefined: how it is called was asked for.
 * @throws TypeError in words for whoever called it.
 */
export function readOptions(args: readonly string[]): TortureOptions | undefined {
  const { values } = parseArgs({
    args: [...args],
    options: {
      minutes: { type: 'string', default: '1' },
      window: { type: 'string', default: String(dayMs) },
      'look-up': { type: 'boolean', default: false },
      retention: { type: 'string' },
      seed: { type: 'string' },
      test: { type: 'string', default: 'storm' },
      kills: { type: 'string' },
      json: { type: 'boolean', default: false },
      keep: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  })
  if (values.help) return undefined
  const test = tests.find((name) => name === values.test)
  if (test === undefined) {
    throw new TypeError(`--test: expected one of ${tests.join(', ')}, got ${values.test}`)
  }
  const isNone = values.window === 'none'
  return {
    test,
    minutes: above0('--minutes', values.minutes),
    kills: values.kills === undefined ? undefined : above0('--kills', values.kills),
    seed: values.seed === undefined ? newSeed() : above0('--seed', values.seed),
    windowMs: isNone ? undefined : above0('--window', values.window),
    lookUp: values['look-up'],
    retentionMs:
      values.retention === undefined ? undefined : above0('--retention', values.retention),
    json: values.json,
    keep: values.keep,
  }
}

function newSeed(): number {
  return 1 + Math.floor(Math.random() * 999_999_999)
}

function above0(name: string, text: string): number {
  const number = Number(text)
  if (number > 0 && Number.isFinite(number)) return number
  throw new TypeError(`${name}: expected a number above 0, got ${text}`)
}
