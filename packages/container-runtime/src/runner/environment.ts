import { NanoclawError, runnerEnv } from '@nanoclaw/schema'
import * as z from 'zod'

/** What the host tells a runner (session protocol §1), checked. */
export interface RunnerEnvironment {
  readonly inboundDb: string
  readonly outboundDb: string
  readonly heartbeat: string
  readonly provider: string
  /** IANA zone; default `UTC`. */
  readonly timezone: string
  readonly assistantName: string
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

const path = z.string({ error: 'expected a path' }).min(1, 'expected a path')

const environment = z.object({
  [runnerEnv.inboundDb]: path,
  [runnerEnv.outboundDb]: path,
  [runnerEnv.heartbeat]: path,
  [runnerEnv.provider]: z.string({ error: 'expected the name of a provider' }).min(1),
  [runnerEnv.timezone]: z
    .string()
    .default('UTC')
    .transform((zone) => (zone === '' ? 'UTC' : zone))
    .refine(isTimezone, 'expected an IANA time zone such as Europe/Paris'),
  [runnerEnv.assistantName]: z.string().min(1).default('assistant'),
  [runnerEnv.sessionId]: z.string({ error: "expected the session's id" }).min(1),
  [runnerEnv.epoch]: z
    .string({ error: 'expected a whole number' })
    .regex(/^\d{1,15}$/, 'expected a whole number')
    .transform(Number),
})

/**
 * Reads a runner's environment. Throws `bad-option` with every problem in one sentence.
 */
export function readEnvironment(
  env: Readonly<Record<string, string | undefined>>,
): RunnerEnvironment {
  const parsed = environment.safeParse(env)
  if (!parsed.success) {
    const problems = parsed.error.issues.map(
      (issue) => `${issue.path.join('.')} (${issue.message})`,
    )
    throw new NanoclawError(
      'bad-option',
      `the runner cannot start: its environment has problems with ${problems.join(', ')}; it is the host that sets these variables`,
    )
  }
  const found = parsed.data
  return {
    inboundDb: found[runnerEnv.inboundDb],
    outboundDb: found[runnerEnv.outboundDb],
    heartbeat: found[runnerEnv.heartbeat],
    provider: found[runnerEnv.provider],
    timezone: found[runnerEnv.timezone],
    assistantName: found[runnerEnv.assistantName],
    sessionId: found[runnerEnv.sessionId],
    epoch: found[runnerEnv.epoch],
  }
}
