import type { Core } from '@nanoclaw/core'
import { createFakeClock, createMemoryCore } from '@nanoclaw/core/testing'
import { onTestFinished } from 'vitest'
import type { OperatorSink } from '../../src/operator/operator-sink.ts'
import { createTeller, type TellerTimes } from '../../src/operator/teller.ts'
import { keepingLogger } from '../keeping-logger.ts'

/** Times in which a test sees everything happen. */
const quick: TellerTimes = {
  sinkTimeoutMs: 1_000,
  lookMs: 10,
  retryBaseMs: 1,
  paceMs: 20,
  troublePauseMs: 1,
}
/** Longer than any test, in milliseconds. */
export const never = 2 ** 30

/** A core in memory, on a clock that stands. */
export async function memory() {
  const clock = createFakeClock()
  const core = await createMemoryCore({ clock })
  onTestFinished(() => core.close())
  return { core, clock }
}

/** A teller that has been started; it is stopped when the test ends. */
export function tell(core: Core, sinks: readonly OperatorSink[], times: Partial<TellerTimes> = {}) {
  const { logger, lines } = keepingLogger()
  const teller = createTeller({
    core,
    sinks,
    logger,
    random: () => 0.5,
    times: { ...quick, lookMs: never, ...times },
  })
  onTestFinished(() => teller.stop())
  teller.start()
  return { teller, lines }
}

/** Opens an incident; its id. */
export async function open(core: Core, subject: string): Promise<string> {
  const { incident } = await core.incidents.open({ kind: 'test', subject, message: subject })
  return incident.id
}

/** The subjects of each notice. */
export const subjects = (taken: readonly { incidents: readonly { subject: string }[] }[]) =>
  taken.map(({ incidents }) => incidents.map(({ subject }) => subject))

/** The incident, once it is marked as told. */
export async function untilTold(core: Core, id: string) {
  for (;;) {
    const found = await core.incidents.get(id)
    if (found?.toldAt !== null) return found
    await new Promise(setImmediate)
  }
}

/** Resolves when all sinks have failed so often. */
export async function untilAttempts(core: Core, id: string, attempts: number): Promise<void> {
  while ((await core.incidents.get(id))?.tellAttempts !== attempts) {
    await new Promise(setImmediate)
  }
}
