import { rm } from 'node:fs/promises'
import type { JournalMode } from '@nanoclaw/schema'
import { checkHome, viewHome } from './check-home.ts'
import type { CrashPoint } from './death.ts'
import type { Scenario } from './scenario.ts'
import { endWorld, live, makeTemplate, makeWorld } from './world.ts'

/** A world, and what was wrong in it when all was over. */
export interface Survival {
  readonly points: readonly CrashPoint[]
  /** How each life ended. */
  readonly lives: readonly string[]
  /** The calls of each life. */
  readonly calls: readonly (readonly string[])[]
  readonly problems: readonly string[]
}

/** Runs a scenario with crashes at these points, one a life. */
export async function surviveCrashes(
  scenario: Scenario,
  template: string,
  journal: JournalMode,
  points: readonly CrashPoint[],
): Promise<Survival> {
  const world = await makeWorld(scenario, template, journal)
  try {
    const calls = await live(world, points)
    return { points, lives: world.lives, calls, problems: checkHome(viewHome(world)) }
  } catch (error) {
    const problems = [error instanceof Error ? (error.stack ?? error.message) : String(error)]
    return { points, lives: world.lives, calls: [], problems }
  } finally {
    await endWorld(world)
  }
}

/** How a scenario is gone through. */
export interface Enumeration {
  readonly scenario: Scenario
  readonly journal: JournalMode
  /**
   * Every call, before and after. Else what is the same everywhere is left out: the beginning of a
   * host, and that a call which only reads has not been made. Default false.
   */
  readonly isThorough?: boolean
  /** Of what is not new to `died`, only every so many-th. Default 1. */
  readonly stride?: number
  /** Filled with what was a life's last: `before` or `after`, and the call's name. */
  readonly died?: Set<string>
  /** The calls with this name alone: for a scenario that is meant to be wrong there. Default: all. */
  readonly only?: string
}

const reads =
  /\.(authorize|countOpen|cursor|deliveries|delivery|due|find|forChat|get|inbound|largestSeq|list|nextDueAt|parts|pending|putOffUntil|unfinished|unfinishedPlaces|untold|wanting)$/

/** Dies at the first call, before it and after it, then at the second, until a life outlasts it. */
export async function crashEverywhere(options: Enumeration): Promise<readonly Survival[]> {
  const { scenario, journal, isThorough = false, stride = 1, only } = options
  const { died = new Set<string>() } = options
  const template = await makeTemplate(scenario)
  try {
    const undisturbed = await surviveCrashes(scenario, template, journal, [])
    const known = undisturbed.calls[0] ?? []
    const worlds = [undisturbed]
    const first = isThorough ? 1 : known.indexOf('adapter.start') + 1
    for (let n = first, isOutlasted = false; !isOutlasted; n += 1) {
      const call = known[n - 1] ?? ''
      for (const when of ['before', 'after'] as const) {
        if (only !== undefined && call !== only && n <= known.length) continue
        const isNew = !died.has(`${when} ${call}`)
        const isMeant = isThorough || when === 'after' || !reads.test(call)
        if (!isNew && (!isMeant || n % stride !== 0) && n <= known.length) continue
        const one = await surviveCrashes(scenario, template, journal, [{ n, when }])
        worlds.push(one)
        const last = one.calls[0]?.[n - 1]
        if (last !== undefined) died.add(`${when} ${last}`)
        isOutlasted ||= last === undefined && one.calls.length > 0
      }
      if (n > mostCalls) throw new Error(`${scenario.name}: no life outlasted ${n} calls`)
    }
    return worlds
  } finally {
    await rm(template, { recursive: true, force: true })
  }
}

const mostCalls = 1_000

/** What was wrong, for a message: where each life ended, and what came of it. */
export function wrongOf(worlds: readonly Survival[]): readonly string[] {
  return worlds
    .filter(({ problems }) => problems.length > 0)
    .map(({ points, lives, problems }) => {
      const at = points.map(({ n, when }) => `${when} call ${n}`).join(', then ')
      return `${at || 'undisturbed'} (${lives.join(', ')}): ${problems.join('; ')}`
    })
}
