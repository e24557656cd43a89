import fc from 'fast-check'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { checkRun } from './check-run.ts'
import { openBench, pass, quiesce, startDeliveries, type Bench } from './delivery-bench.ts'
import { happen, happening, type Run } from './delivery-commands.ts'
import { ScriptedPlatform, type Ability } from './scripted-platform.ts'

const runs = 400
const mostRounds = 60

/** A session's history is walked by the check: another session before it gets long. */
const runsPerBench = 30

let bench: Bench
let runsOfBench = runsPerBench
beforeAll(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] }))
afterAll(() => void vi.useRealTimers())

async function useBench(): Promise<void> {
  runsOfBench += 1
  if (runsOfBench < runsPerBench) return
  runsOfBench = 0
  bench = await openBench()
}

async function beginRun(ability: Ability, unknownOutcome: 'retry' | 'ask'): Promise<Run> {
  const platform = new ScriptedPlatform(ability)
  const told: string[] = []
  const options = { platform, unknownOutcome }
  const process = await startDeliveries(bench, options, told)
  const outOfOrder = new Set<string>()
  const rejected = new Map<string, number>()
  return { ...options, bench, told, said: [], outOfOrder, rejected, process, byHand: [] }
}

/** All is well again, and a person answers what is asked, until everything has ended. */
async function endRun(run: Run): Promise<void> {
  const { platform } = run
  platform.script.length = 0
  platform.isDown = false
  platform.isGranted = true
  run.process.deliveries.poke()
  for (let round = 0; round < mostRounds; round += 1) {
    await quiesce(platform)
    const asked = await bench.mailbox.deliveries({ statuses: ['ambiguous'], limit: 100 })
    for (const { id, askedAt, nextAttemptAt } of asked) {
      if (askedAt === null || nextAttemptAt !== null) continue
      await happen(run, { what: 'settle', at: run.said.indexOf(id) })
    }
    const places = await bench.mailbox.unfinishedPlaces()
    if (places.length === 0 && asked.length === 0) break
    // What is put off waits for its hour, which a clock that jumped back has made a late one.
    await pass(bench, platform, round < mostRounds / 2 ? 1_000 : 86_400_000)
  }
  await run.process.crash()
  await Promise.all(run.byHand)
}

it(`whatever happens to a delivery, it ends as the model says, in ${runs} runs`, async () => {
  let shown = 0
  await fc.assert(
    fc.asyncProperty(
      fc.array(happening, { maxLength: 25, size: '+1' }),
      fc.constantFrom<Ability>('none', 'window', 'look-up'),
      fc.constantFrom('retry' as const, 'ask' as const),
      async (happenings, ability, unknownOutcome) => {
        await useBench()
        const run = await beginRun(ability, unknownOutcome)
        try {
          for (const one of happenings) await happen(run, one)
        } finally {
          await endRun(run)
        }
        const problems = await checkRun(run)
        await bench.mailbox.end(
          (await bench.mailbox.pending(1_000)).map(({ id }) => id),
          'completed',
        )
        expect(problems).toEqual([])
        shown += run.platform.shown.size
      },
    ),
    { numRuns: runs },
  )
  expect(shown).toBeGreaterThan(runs)
}, 300_000)
