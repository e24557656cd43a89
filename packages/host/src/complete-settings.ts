import { NanoclawError } from '@nanoclaw/schema'
import { longestTimerMs } from './deadline.ts'
import { defaultSettings, type HostSettings } from './settings.ts'

interface Rule {
  readonly expected: string
  allows(value: unknown): boolean
}

function isBetween(value: unknown, least: number, most: number): boolean {
  return typeof value === 'number' && value >= least && value <= most
}

const fromOne: Rule = {
  expected: 'a whole number from 1',
  allows: (value) => Number.isSafeInteger(value) && isBetween(value, 1, Infinity),
}

function milliseconds(least: number): Rule {
  return {
    expected: `milliseconds from ${least} to ${longestTimerMs}`,
    allows: (value) => isBetween(value, least, longestTimerMs),
  }
}

const timezone: Rule = {
  expected: 'an IANA time zone such as Europe/Paris',
  allows: (value) => {
    if (typeof value !== 'string') return false
    try {
      new Intl.DateTimeFormat('en', { timeZone: value })
      return true
    } catch {
      return false
    }
  },
}

const rules: Readonly<Record<keyof HostSettings, Rule>> = {
  maxContainers: fromOne,
  idleMs: {
    expected: `${milliseconds(0).expected}, or Infinity`,
    allows: (value) => value === Infinity || milliseconds(0).allows(value),
  },
  graceMs: milliseconds(0),
  deliveryTimeoutMs: milliseconds(1),
  maxAttempts: fromOne,
  retryBaseMs: milliseconds(1),
  tickMs: milliseconds(1),
  heartbeatMs: milliseconds(1),
  busyMs: milliseconds(0),
  timezone,
}

/**
 * The settings with the defaults of what is left out, or is `undefined`.
 * @throws NanoclawError `bad-option` for one that no timer can hold, or that nothing would ever
 *   work with.
 */
export function completeSettings(given: Partial<HostSettings> = {}): HostSettings {
  const set = Object.entries(given).filter(([, value]) => value !== undefined)
  const settings: HostSettings = { ...defaultSettings(), ...Object.fromEntries(set) }
  for (const [name, { expected, allows }] of Object.entries(rules)) {
    const value: unknown = Reflect.get(settings, name)
    if (allows(value)) continue
    const got = typeof value === 'string' ? JSON.stringify(value) : String(value)
    throw new NanoclawError('bad-option', `settings.${name}: expected ${expected}, got ${got}`)
  }
  return settings
}
