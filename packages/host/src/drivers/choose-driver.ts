import { NanoclawError } from '@nanoclaw/schema'
import type { SessionDriver } from './port.ts'

/** What the choice of the driver depends on. */
export interface ChooseDriverOptions {
  /** Drivers in order of preference. */
  readonly candidates: readonly SessionDriver[]
  /** Every agent uses the `scripted` provider, so that no model can be talked into anything. */
  readonly allScripted: boolean
  /** Name of the driver that the operator has asked for; no other is then tried. */
  readonly operatorChoice?: string
  /** Ends the probe run under way. */
  readonly signal?: AbortSignal
}

/** The driver that will run all containers, and those that were tried and could not. */
export interface ChosenDriver {
  /** The caller's to stop; a host does that for the one it is given. */
  readonly driver: SessionDriver
  /** Name and reason of each that was passed over, for the log and for `status`. */
  readonly passedOver: readonly { readonly name: string; readonly reason: string }[]
}

/**
 * Chooses the driver, once per start: the operator's, if there is such a choice; else the first
 * one with isolation whose probe run succeeds; else, only if every agent is scripted, one without
 * isolation.
 * @throws NanoclawError `driver-unavailable` with each reason and remedy; `bad-option` when the
 *   operator's driver is not known.
 */
export async function chooseDriver(options: ChooseDriverOptions): Promise<ChosenDriver> {
  const { candidates, allScripted, operatorChoice, signal } = options
  const wanted = operatorChoice === undefined ? candidates : named(candidates, operatorChoice)
  const mayBeBare = operatorChoice !== undefined || allScripted
  const isolated = wanted.filter((driver) => driver.capabilities.isolation !== 'none')
  const bare = wanted.filter((driver) => driver.capabilities.isolation === 'none')
  const failures: { name: string; reason: string; remedy: string }[] = []
  for (const driver of [...isolated, ...(mayBeBare ? bare : [])]) {
    const result = await driver.probe(signal)
    if (result.ok) {
      const passedOver = failures.map(({ name, reason }) => ({ name, reason }))
      return { driver, passedOver }
    }
    failures.push({ name: driver.name, reason: result.reason, remedy: result.remedy })
  }
  throw new NanoclawError('driver-unavailable', refusal(failures, mayBeBare ? [] : bare))
}

function named(candidates: readonly SessionDriver[], name: string): SessionDriver[] {
  const found = candidates.find((driver) => driver.name === name)
  if (found) return [found]
  const known = candidates.map((driver) => driver.name).join(', ')
  throw new NanoclawError('bad-option', `Driver must be one of ${known}, not ${name}`)
}

function refusal(
  failures: readonly { name: string; reason: string; remedy: string }[],
  bare: readonly SessionDriver[],
): string {
  const tried = failures.map((f) => `  ${f.name}: ${f.reason}\n    ${f.remedy}`)
  const lines = ['No driver can isolate containers here, and an agent with a model needs that.']
  lines.push(...tried)
  for (const driver of bare) {
    lines.push(
      `  ${driver.name}: runs agents with all your rights; choose it by name to accept that`,
    )
  }
  return lines.join('\n')
}
