import { cp, rm } from 'node:fs/promises'
import { setTimeout as delay } from 'node:timers/promises'
import { createMemoryAdapter } from '@nanoclaw/adapters/memory'
import { createCore, createInProcessReader } from '@nanoclaw/core'
import { createFaultyCore } from '@nanoclaw/core/testing'
import { createHost, type OperatorSink } from '@nanoclaw/host'
import { createLayout, type JournalMode } from '@nanoclaw/schema'
import { createDeath, type CrashPoint, type Death } from './death.ts'
import { gateAdapter } from './gated-adapter.ts'
import { makeHome, removeAbandonedHomes } from './homes.ts'
import { createPlayedContainers } from './played-containers.ts'
import type { Life, Scenario, World } from './scenario.ts'
import { openEyes } from './read-home.ts'

const settleMs = 10_000
const pollMs = 1

/** A home that is ready for a scenario; copied for each of its worlds. */
export async function makeTemplate(scenario: Scenario): Promise<string> {
  await removeAbandonedHomes()
  const home = await makeHome()
  const core = await createCore({ home })
  await scenario.prepare(core)
  await core.close()
  return home
}

/** A world of its own, to be thrown away by `end`. */
export async function makeWorld(
  scenario: Scenario,
  template: string,
  journal: JournalMode,
): Promise<World> {
  const home = await makeHome()
  await cp(template, home, { recursive: true })
  const layout = createLayout(home)
  return {
    layout,
    journal,
    posted: [],
    told: [],
    eyes: openEyes(layout),
    scenario,
    containers: createPlayedContainers(journal, scenario.answer),
    memory: createMemoryAdapter({ ...scenario.platform }),
    stepsDone: 0,
    lives: [],
  }
}

/** Removes a world. */
export async function endWorld({ layout, containers, eyes }: World): Promise<void> {
  eyes.close()
  containers.close()
  await rm(layout.home, { recursive: true, force: true })
}

/**
 * Lives in a world until a life comes to its end by itself: the n-th life ends at the n-th crash
 * point. Gives the calls of each life.
 */
export async function live(
  world: World,
  points: readonly CrashPoint[],
): Promise<readonly (readonly string[])[]> {
  const lives: (readonly string[])[] = []
  for (;;) {
    const death = createDeath(points[lives.length])
    await liveOnce(world, death)
    lives.push(death.calls)
    world.lives.push(death.isDead ? `died at ${death.last}` : 'ended')
    if (!death.isDead) return lives
    world.memory = world.memory.crash()
    world.containers.hangUp()
  }
}

async function liveOnce(world: World, death: Death): Promise<void> {
  const { layout, journal, scenario } = world
  const core = await createFaultyCore({
    ...{ home: layout.home, journal, faults: death.faults },
    // Each life is short, and a thread takes longer to start: the fewer worlds of DELETE mode have them.
    databaseThreads: journal === 'delete' ? 2 : 0,
  })
  death.of(core)
  const host = createHost({
    chatWords: { unanswered: 'UNANSWERED', waiting: 'WAITING', recovered: 'RECOVERED' },
    operatorSinks: [sinkOf(world, death)],
    ...scenario.host?.(world),
    core: scenario.broken?.core?.(core) ?? core,
    adapters: [gateAdapter(scenario.broken?.adapter?.(world.memory) ?? world.memory, death)],
    driver: world.containers.driver(death),
    reader: createInProcessReader({ layout, journal }),
    runner: { folder: import.meta.dirname, entry: 'played-runner.ts' },
    random: () => 0.5,
    settings: {
      idleMs: 0,
      graceMs: 50,
      retryBaseMs: 1,
      tickMs: 20,
      deliveryTimeoutMs: 100,
      ...scenario.settings,
    },
  })
  const life: Life = { world, core, host, death }
  try {
    await host.start()
    for (; world.stepsDone < scenario.steps.length; world.stepsDone += 1) {
      await scenario.steps[world.stepsDone]?.(life)
    }
    await settled(life)
    await host.stop()
  } catch (error) {
    if (!death.isDead) throw error
  } finally {
    await host.stop().catch(() => undefined)
    await core.close().catch(() => undefined)
  }
}

/** The operator, who outlives the host as well. */
function sinkOf(world: World, death: Death): OperatorSink {
  return {
    name: 'operator',
    tell: ({ incidents }) =>
      death.pass('operator.tell', async () => {
        world.told.push(...incidents.map(({ kind }) => kind))
      }),
  }
}

/** Resolves when nothing is left to be done; rejects when this life has ended, or it takes too long. */
export async function settled(life: Life): Promise<void> {
  await until(life, () => isSettled(life))
}

/** Resolves when a condition holds; rejects when this life has ended. */
export async function until(life: Life, condition: () => boolean): Promise<void> {
  const deadline = performance.now() + settleMs
  while (!condition()) {
    if (life.death.isDead) throw new Error('this life has ended')
    if (performance.now() > deadline) throw new Error(`nothing more happens: ${describe(life)}`)
    await delay(pollMs)
  }
}

/** Whether nothing is left to be done. */
function isSettled({ world, host }: Life): boolean {
  const { awakeSessions, containers } = host.status()
  if (awakeSessions > 0 || containers > 0 || world.memory.unconfirmed.length > 0) return false
  const isTold = world.eyes
    .incidents()
    .every((one) => (one.told_at ?? one.resolved_at ?? one.next_tell_at) !== null)
  const isDecided = world.eyes
    .approvals()
    .every(({ status, told_at }) => status === 'pending' || told_at !== null)
  if (!isDecided || world.eyes.openCards() > 0) return false
  return isTold && world.eyes.sessions().every((session) => session.next_due_at === null)
}

function describe({ world, host }: Life): string {
  return JSON.stringify({
    status: host.status(),
    sessions: world.eyes.sessions(),
    incidents: world.eyes.incidents(),
  })
}
