import { z } from 'zod'

/** What can be set, each by an environment variable and a key of `config.json`. */
export type SettingName = keyof typeof settingShapes

const whole = (least: number, most: number, what: string) =>
  z.preprocess(
    // A variable is always text; anything else that is no number stays as wrong as it is.
    (value) => (typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : value),
    z
      .number({ error: `expected ${what}` })
      .int(`expected ${what}`)
      .min(least, `expected ${what}`)
      .max(most, `expected ${what}`),
  )

const oneOf = <const T extends readonly [string, ...string[]]>(values: T) =>
  z.enum(values, { error: `expected one of ${values.join(', ')}` })

function isTimezone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name })
    return true
  } catch {
    return false
  }
}

const retentionText = 'expected a number of days above 0 (or null, in the environment forever)'

/** A variable is always text. */
function retentionOf(text: string): unknown {
  if (text === 'forever') return null
  return /^\d+(\.\d+)?$/.test(text) ? Number(text) : text
}

/** The form of each setting. The messages are what the operator reads. */
export const settingShapes = {
  driver: oneOf(['auto', 'bwrap', 'process']),
  logLevel: oneOf(['debug', 'info', 'warn', 'error']),
  maxContainers: whole(1, 1000, 'a whole number from 1 to 1000'),
  idleSeconds: whole(1, 86_400, 'a whole number of seconds from 1 to 86400'),
  // 65535 means "no change" to some system calls; above 4294967293 is reserved.
  sandboxUid: whole(1, 4_294_967_293, 'the number of a user other than root').refine(
    (uid) => uid !== 65_535,
    'expected the number of a user other than root',
  ),
  provider: oneOf(['scripted']),
  retentionDays: z.preprocess(
    (value) => (typeof value === 'string' && value !== '' ? retentionOf(value) : value),
    z
      .number({ error: retentionText })
      .positive(retentionText)
      .max(1_000_000, retentionText)
      .nullable(),
  ),
  archive: z.preprocess(
    (value) => (value === 'true' || value === 'false' ? value === 'true' : value),
    z.boolean({ error: 'expected true or false' }),
  ),
  timezone: z
    .string({ error: 'expected a time zone such as Europe/Paris' })
    .refine(isTimezone, 'expected a time zone such as Europe/Paris'),
} as const

/** The environment variable of each setting. */
export const settingVariables: Readonly<Record<SettingName, string>> = {
  driver: 'NANOCLAW_DRIVER',
  logLevel: 'NANOCLAW_LOG_LEVEL',
  maxContainers: 'NANOCLAW_MAX_CONTAINERS',
  idleSeconds: 'NANOCLAW_IDLE_SECONDS',
  sandboxUid: 'NANOCLAW_SANDBOX_UID',
  provider: 'NANOCLAW_PROVIDER',
  retentionDays: 'NANOCLAW_RETENTION_DAYS',
  archive: 'NANOCLAW_ARCHIVE',
  timezone: 'TZ',
}

/** Every setting that was given somewhere, checked. */
export interface Settings {
  driver?: 'auto' | 'bwrap' | 'process'
  logLevel?: 'debug' | 'info' | 'warn' | 'error'
  maxContainers?: number
  idleSeconds?: number
  sandboxUid?: number
  provider?: 'scripted'
  retentionDays?: number | null
  archive?: boolean
  timezone?: string
}

/** Whether a key of `config.json` is a setting. */
export function isSettingName(name: string): name is SettingName {
  return Object.hasOwn(settingShapes, name)
}
