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
  /** Only every so many-th; and what has not `died` yet by name. Default 1. */
  readonly stride?: number
  /** Filled with what was a life's last: `before` or `after`, and the call's name. */
  readonly died?: Set<string>
  /** The calls with this name alone: for a scenario that is meant to be wrong there. Default: all. */
  readonly only?: string
}

const reads =
  /\.(authorize|countOpen|cursor|deliveries|delivery|due|find|forChat|get|inbound|isOpen|largestSeq|list|nextDueAt|parts|pending|putOffUntil|undelivered|unfinished|unfinishedPlaces|untold|wanting)$/

/** Dies at the first call, before it and after it, then at the second, until a life outlasts it. */
export async function crashEverywhere(options: Enumeration): Promise<readonly Survival[]> {
  const { scenario, journal, died = new Set<string>(), only } = options
  const template = await makeTemplate(scenario)
  const worlds: Survival[] = []
  const run = async (...points: readonly CrashPoint[]): Promise<Survival> => {
    const world = await surviveCrashes(scenario, template, journal, points)
    worlds.push(world)
    const [first = ''] = world.lives
    for (const { when } of points) died.add(first.replace(/^died at/, when))
    return world
  }
  try {
    const [known = []] = (await run()).calls
    if (only === undefined) await crashByNumber(options, known, run)
    for (const operation of only === undefined ? new Set(known) : [only]) {
      for (const when of bothSides) {
        // A call that comes sometimes sooner, sometimes later, is passed over by numbers.
        if (!died.has(`${when} ${operation}`)) await run({ n: 1, when, operation })
      }
    }
    return worlds
  } finally {
    await rm(template, { recursive: true, force: true })
  }
}

async function crashByNumber(
  { scenario, isThorough = false, stride = 1 }: Enumeration,
  known: readonly string[],
  run: (point: CrashPoint) => Promise<Survival>,
): Promise<void> {
  const first = isThorough ? 1 : known.indexOf('adapter.start') + 1
  for (let n = first, isOutlasted = known.length === 0; !isOutlasted; n += 1) {
    for (const when of bothSides) {
      const isMeant = isThorough || when === 'after' || !reads.test(known[n - 1] ?? '')
      if ((!isMeant || n % stride !== 0) && n <= known.length) continue
      isOutlasted = (await run({ n, when })).lives[0] === 'ended'
    }
    if (n > mostCalls) throw new Error(`${scenario.name}: no life outlasted ${n} calls`)
  }
}

const bothSides = ['before', 'after'] as const
const mostCalls = 1_000

/** What was wrong, for a message: where each life ended, and what came of it. */
export function wrongOf(worlds: readonly Survival[]): readonly string[] {
  return worlds
    .filter(({ problems }) => problems.length > 0)
    .map(({ points, lives, problems }) => {
      const at = points
        .map(({ n, when, operation = 'call' }) => `${when} ${operation} ${n}`)
        .join(', then ')
      return `${at || 'undisturbed'} (${lives.join(', ')}): ${problems.join('; ')}`
    })
}
