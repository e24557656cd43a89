import type { OutboundRow } from '@nanoclaw/core'
import { nextRunnerSeq, timestamp } from '@nanoclaw/schema'
import fc from 'fast-check'
import { isNanoclawError } from '@nanoclaw/schema'
import {
  pass,
  quiesce,
  startDeliveries,
  type Bench,
  type DeliveryProcess,
  type RunOptions,
} from './delivery-bench.ts'
import type { Outcome } from './scripted-platform.ts'

/** What can happen, as plain data. */
export type Happening =
  | { readonly what: 'say'; readonly places: readonly string[]; readonly putOff: boolean }
  | { readonly what: 'script'; readonly outcomes: readonly Outcome[] }
  | { readonly what: 'pass'; readonly ms: number }
  | { readonly what: 'jump-back'; readonly ms: number }
  | { readonly what: 'requeue' | 'settle' | 'reject-late'; readonly at: number }
  | { readonly what: 'crash' | 'down' | 'up' | 'revoke' | 'grant' }

const outcome = fc.constantFrom<Outcome>(
  ...(['ok', 'ok', 'busy', 'busy-for-long', 'gone', 'lost', 'taken-lost', 'late'] as const),
  'taken-late',
)
const at = fc.nat(20)

/** Anything that can happen to deliveries. */
export const happening: fc.Arbitrary<Happening> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      what: fc.constant('say' as const),
      places: fc.array(fc.constantFrom('a', 'b'), { minLength: 1, maxLength: 3 }),
      putOff: fc.boolean(),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      what: fc.constant('script' as const),
      outcomes: fc.array(outcome, { minLength: 1, maxLength: 4 }),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({ what: fc.constant('pass' as const), ms: fc.nat(1_500) }),
  },
  fc.record({ what: fc.constant('jump-back' as const), ms: fc.nat(86_400_000) }),
  fc.record({ what: fc.constantFrom('requeue', 'settle', 'reject-late'), at }),
  {
    weight: 3,
    arbitrary: fc.record({ what: fc.constantFrom('crash', 'down', 'up', 'revoke', 'grant') }),
  },
)

/** A run under way. */
export interface Run extends RunOptions {
  readonly bench: Bench
  readonly told: string[]
  /** Ids of what has been said, in order. */
  readonly said: string[]
  /** What was sent again by hand, settled by a person, or put off: no part of the order. */
  readonly outOfOrder: Set<string>
  /** How often a platform that had taken something rejected it afterwards. */
  readonly rejected: Map<string, number>
  process: DeliveryProcess
  /** What people and platforms have said, and is not in the ledger yet. */
  readonly byHand: Promise<void>[]
}

async function say(run: Run, places: readonly string[], putOff: boolean): Promise<void> {
  const { mailbox, core, clock } = run.bench
  let seq = await mailbox.largestSeq()
  const rows: OutboundRow[] = places.map((platformId) => {
    seq = nextRunnerSeq(seq)
    const id = core.ids.next('out')
    run.said.push(id)
    if (putOff) run.outOfOrder.add(id)
    return {
      ...{ id, seq, kind: 'chat', inReplyTo: null, turnId: null, timestamp: timestamp(clock) },
      deliverAfter: putOff ? timestamp(clock, 300) : null,
      ...{ channelType: 'test', channelInstance: '', platformId, threadId: null },
      content: JSON.stringify({ text: `text ${seq}` }),
    }
  })
  const { deliveries } = run.process
  const plan = await deliveries.plan(rows)
  const taken = await mailbox.take(plan.rows, { notices: plan.notices })
  deliveries.accept(taken.deliveries)
}

async function byHand(run: Run, what: 'requeue' | 'settle' | 'reject-late', id: string) {
  const { deliveries } = run.process
  const key = `${id}/0`
  if (what === 'requeue') {
    await deliveries.requeue(id)
    run.outOfOrder.add(id)
  } else if (what === 'settle') {
    await deliveries.settleAsked(id, run.platform.shown.has(key) ? 'delivered' : 'failed')
    run.outOfOrder.add(id)
  } else if ((await run.bench.mailbox.delivery(id))?.status === 'delivered') {
    run.rejected.set(id, (run.rejected.get(id) ?? 0) + 1)
    await deliveries.report({ messageOutId: id, part: 0 }, { status: 'failed', reason: 'blocked' })
  }
}

/** Lets one thing happen, and what follows from it at once. */
export async function happen(run: Run, one: Happening): Promise<void> {
  const { platform, bench } = run
  switch (one.what) {
    case 'say':
      await say(run, one.places, one.putOff)
      break
    case 'script':
      platform.script.push(...one.outcomes)
      break
    case 'pass':
      await pass(bench, platform, one.ms)
      break
    case 'jump-back':
      bench.clock.set(new Date(bench.clock.now() - one.ms).toISOString())
      break
    case 'requeue':
    case 'settle':
    case 'reject-late': {
      const id = run.said[one.at % Math.max(1, run.said.length)]
      // It may have to wait for a send that is under way, and so for time to go by.
      if (id !== undefined)
        run.byHand.push(byHand(run, one.what, id).catch(unlessExpected(run.process)))
      break
    }
    case 'crash':
      await run.process.crash()
      run.process = await startDeliveries(bench, run, run.told)
      break
    case 'down':
    case 'up':
      platform.isDown = one.what === 'down'
      run.process.deliveries.poke('test', '')
      break
    case 'revoke':
    case 'grant':
      platform.isGranted = one.what === 'grant'
      run.process.deliveries.poke()
      break
    default:
      one satisfies never
  }
  await quiesce(platform)
}

/** What is said of a row that is no longer so, or to a process that has died, changes nothing. */
function unlessExpected(process: DeliveryProcess): (error: unknown) => void {
  return (error) => {
    if (process.hasDied || (isNanoclawError(error) && error.code === 'bad-state')) return
    throw error
  }
}
