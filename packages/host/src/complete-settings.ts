import { longestContent, NanoclawError } from '@nanoclaw/schema'
import { longestTimerMs } from './deadline.ts'
import { defaultLimits, type HostLimits } from './limits.ts'
import { defaultSettings, type DeliveryPolicy, type HostSettings } from './settings.ts'

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

function orNever({ expected, allows }: Rule): Rule {
  return {
    expected: `${expected}, or Infinity`,
    allows: (value) => value === Infinity || allows(value),
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

const policyRules: Readonly<Record<keyof DeliveryPolicy, Rule>> = {
  maxAttempts: fromOne,
  retryBaseMs: milliseconds(1),
  retryLongestMs: milliseconds(1),
  deliveryTimeoutMs: milliseconds(1),
  unknownOutcome: {
    expected: '"retry" or "ask"',
    allows: (value) => value === 'retry' || value === 'ask',
  },
}

const rules: Readonly<Record<keyof HostSettings, Rule>> = {
  ...policyRules,
  idleMs: orNever(milliseconds(0)),
  graceMs: milliseconds(0),
  tickMs: milliseconds(1),
  heartbeatMs: milliseconds(1),
  busyMs: milliseconds(0),
  unansweredMs: milliseconds(1),
  channelDownMs: milliseconds(1),
  channelRestartMs: milliseconds(1),
  channelSilentMs: orNever(milliseconds(1)),
  timezone,
}

const limitRules: Readonly<Record<keyof HostLimits, Rule>> = {
  contentBytes: {
    expected: `a whole number of bytes from 1024 to ${longestContent}`,
    allows: (value) => Number.isSafeInteger(value) && isBetween(value, 1_024, longestContent),
  },
  undeliveredRows: fromOne,
  rowsPerSecond: orNever(fromOne),
  rowsBurst: fromOne,
  backPressureMs: orNever(milliseconds(0)),
  mailPerMinute: orNever(fromOne),
  mailBurst: fromOne,
  childAgents: {
    expected: 'a whole number from 0',
    allows: (value) => Number.isSafeInteger(value) && isBetween(value, 0, Infinity),
  },
  maxContainers: fromOne,
  slotMs: orNever(milliseconds(0)),
}

/** `from` with what is set of `given`. Throws `bad-option` for a value that breaks its rule. */
function complete<T extends object>(
  name: string,
  from: T,
  given: Partial<T>,
  checks: Readonly<Record<keyof T, Rule>>,
): T {
  const set = Object.entries(given).filter(([, value]) => value !== undefined)
  const completed: T = { ...from, ...Object.fromEntries(set) }
  for (const [key, { expected, allows }] of Object.entries<Rule>(checks)) {
    const value: unknown = Reflect.get(completed, key)
    if (allows(value)) continue
    const got = typeof value === 'string' ? JSON.stringify(value) : String(value)
    throw new NanoclawError('bad-option', `${name}.${key}: expected ${expected}, got ${got}`)
  }
  return completed
}

/**
 * The settings with the defaults of what is left out, or is `undefined`.
 * @throws NanoclawError `bad-option` for one that no timer can hold, or that nothing would ever
 *   work with.
 */
export function completeSettings(given: Partial<HostSettings> = {}): HostSettings {
  return complete('settings', defaultSettings(), given, rules)
}

/**
 * The limits with the defaults of what is left out, or is `undefined`.
 * @throws NanoclawError `bad-option` for one that cannot be.
 */
export function completeLimits(given: Partial<HostLimits> = {}): HostLimits {
  return complete('limits', defaultLimits(), given, limitRules)
}

/**
 * What of the settings is for deliveries, with what a channel has of its own.
 * @throws NanoclawError `bad-option` as {@link completeSettings}; `name` says in it whose policy it is.
 */
export function completePolicy(
  settings: DeliveryPolicy,
  given: Partial<DeliveryPolicy> = {},
  name = 'deliveryPolicy',
): DeliveryPolicy {
  const { maxAttempts, retryBaseMs, retryLongestMs, deliveryTimeoutMs, unknownOutcome } = settings
  const from = { maxAttempts, retryBaseMs, retryLongestMs, deliveryTimeoutMs, unknownOutcome }
  return complete(name, from, given, policyRules)
}
