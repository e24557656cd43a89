import { NanoclawError, runnerEnv } from '@nanoclaw/schema'

/** What the host tells a runner (session protocol §1), checked. */
export interface RunnerEnvironment {
  readonly inboundDb: string
  readonly outboundDb: string
  readonly heartbeat: string
  readonly provider: string
  /** IANA zone; default `UTC`. */
  readonly timezone: string
  readonly assistantName: string
  /** Which tools are listed; the host decides what they may. */
  readonly isAdmin: boolean
  readonly sessionId: string
  readonly epoch: number
}

function isTimezone(zone: string): boolean {
  if (zone === 'UTC') return true
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone })
    return true
  } catch {
    return false
  }
}

/** A variable that is checked: what it stands for, or why it cannot. */
type Checked<T> = { readonly value: T } | { readonly problem: string }

function text(raw: string | undefined, expected: string): Checked<string> {
  return raw === undefined || raw === '' ? { problem: expected } : { value: raw }
}

function zone(raw: string | undefined): Checked<string> {
  const value = raw === undefined || raw === '' ? 'UTC' : raw
  if (isTimezone(value)) return { value }
  return { problem: 'expected an IANA time zone such as Europe/Paris' }
}

function whole(raw: string | undefined): Checked<number> {
  if (raw !== undefined && /^\d{1,15}$/.test(raw)) return { value: Number(raw) }
  return { problem: 'expected a whole number' }
}

/**
 * Reads a runner's environment. Throws `bad-option` with every problem in one sentence. By hand:
 * loading zod is a sixth of a container's start.
 */
export function readEnvironment(
  env: Readonly<Record<string, string | undefined>>,
): RunnerEnvironment {
  const problems: string[] = []
  const read = <T>(key: string, check: (raw: string | undefined) => Checked<T>, or: T): T => {
    const checked = check(env[key])
    if ('value' in checked) return checked.value
    problems.push(`${key} (${checked.problem})`)
    return or
  }
  const path = (key: string): string => read(key, (raw) => text(raw, 'expected a path'), '')
  const found: RunnerEnvironment = {
    inboundDb: path(runnerEnv.inboundDb),
    outboundDb: path(runnerEnv.outboundDb),
    heartbeat: path(runnerEnv.heartbeat),
    provider: read(runnerEnv.provider, (raw) => text(raw, 'expected the name of a provider'), ''),
    timezone: read(runnerEnv.timezone, zone, ''),
    assistantName: read(
      runnerEnv.assistantName,
      (raw) => text(raw ?? 'assistant', 'expected a name, or nothing at all'),
      '',
    ),
    isAdmin: env[runnerEnv.isAdmin] === '1',
    sessionId: read(runnerEnv.sessionId, (raw) => text(raw, "expected the session's id"), ''),
    epoch: read(runnerEnv.epoch, whole, 0),
  }
  if (problems.length === 0) return found
  throw new NanoclawError(
    'bad-option',
    `the runner cannot start: its environment has problems with ${problems.join(', ')}; it is the host that sets these variables`,
  )
}
