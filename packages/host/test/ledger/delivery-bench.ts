import { setImmediate as turnOfLoop } from 'node:timers/promises'
import { canBecome, deliveryBeginnings, type Delivery, type Mailbox } from '@nanoclaw/core'
import { createConversation, createFakeClock, createMemoryCore } from '@nanoclaw/core/testing'
import type { DeliveryStatus } from '@nanoclaw/schema'
import { vi } from 'vitest'
import { createChannels } from '../../src/channels/channels.ts'
import { createPolicies } from '../../src/delivery/policies.ts'
import { SessionDeliveries } from '../../src/delivery/session-deliveries.ts'
import { createUnderWay } from '../../src/delivery/under-way.ts'
import { createLoopBudget } from '../../src/loop-budget.ts'
import { defaultSettings } from '../../src/settings.ts'
import type { ScriptedPlatform } from './scripted-platform.ts'

const nobody = (): void => undefined
const logger = { debug: nobody, info: nobody, warn: nobody, error: nobody }

/** A session whose ledger lasts over many runs; every run ends all that it has begun. */
export async function openBench() {
  const clock = createFakeClock()
  const core = await createMemoryCore({ clock })
  const { agent, session } = await createConversation(core)
  const mailbox = await core.mailboxes.open(agent.id, session.id)
  return { clock, mailbox, core }
}

export type Bench = Awaited<ReturnType<typeof openBench>>

/** How a run delivers. */
export interface RunOptions {
  readonly platform: ScriptedPlatform
  readonly unknownOutcome: 'retry' | 'ask'
}

/** The deliveries of one process. */
export interface DeliveryProcess {
  readonly deliveries: SessionDeliveries
  readonly hasDied: boolean
  /** Nothing more of it is written. */
  crash(): Promise<void>
}

/** Begins with what is left in the ledger. */
export async function startDeliveries(
  { mailbox: own, clock }: Bench,
  { platform, unknownOutcome }: RunOptions,
  told: string[],
): Promise<DeliveryProcess> {
  const settings = {
    ...defaultSettings(),
    ...{ retryBaseMs: 10, retryLongestMs: 1_000, deliveryTimeoutMs: 500, maxAttempts: 4 },
    unknownOutcome,
  }
  const abort = new AbortController()
  const mailbox = untilAborted(own, abort.signal)
  const tell = async (kind: string): Promise<void> => void told.push(kind)
  const deliveries = new SessionDeliveries({
    ...{ mailbox, clock, logger, sessionId: own.sessionId, signal: abort.signal },
    loop: createLoopBudget(),
    channels: createChannels([platform.adapter], { logger }),
    author: { id: 'ada', name: 'Ada' },
    policyOf: createPolicies(settings),
    underWay: createUnderWay(),
    receipts: { note: async () => undefined },
    trace: { taken: nobody, called: (_what, _row, _part, call) => call(), settled: nobody },
    random: () => 0.5,
    sleep: () => turnOfLoop(),
    authorize: async () =>
      platform.isGranted ? { allowed: true } : { allowed: false, reason: 'not any more' },
    mail: { admit: () => undefined, post: async () => ({ outcome: 'delivered' }) },
    actions: { carryOut: async () => ({ outcome: 'done', result: '' }) },
    mayPass: async (_delivery, _meaning, reason) => reason,
    nameOf: async ({ platformId }) => platformId,
    keyOf: (rowId, part) => `${rowId}/${part}`,
    tell,
    trouble: (kind) => void told.push(kind),
    askedBefore: [],
    missing: nobody,
    ask: () => tell('delivery-ambiguous'),
    answered: async () => undefined,
    over: async () => undefined,
    onNotice: nobody,
    onChange: nobody,
  })
  await deliveries.resume()
  return {
    deliveries,
    get hasDied() {
      return abort.signal.aborted
    },
    crash: async () => {
      abort.abort()
      await deliveries.stop()
    },
  }
}

/** A ledger that a dead process can write no more. */
function untilAborted(mailbox: Mailbox, signal: AbortSignal): Mailbox {
  return new Proxy(mailbox, {
    get(target, name) {
      const member: unknown = Reflect.get(target, name)
      if (typeof member !== 'function') return member
      return async (...args: unknown[]) => {
        signal.throwIfAborted()
        return Reflect.apply(member, target, args)
      }
    },
  })
}

/** Lets everything happen that waits for no timer. */
export async function quiesce(platform: ScriptedPlatform): Promise<void> {
  for (let still = 0, calls = -1; still < 4; still += 1) {
    await turnOfLoop()
    if (calls !== platform.calls.length) still = 0
    calls = platform.calls.length
  }
}

/** Time goes by, for the ledger and for timers. */
export async function pass({ clock }: Bench, platform: ScriptedPlatform, ms: number) {
  clock.advance(ms)
  await vi.advanceTimersByTimeAsync(ms)
  await quiesce(platform)
}

/** What the events say of a row's states; an error where the table knows no such way. */
export async function historyOf(
  { mailbox }: Bench,
  { seq, status }: Delivery,
): Promise<readonly DeliveryStatus[]> {
  const events = await mailbox.eventsOf([seq])
  const states = events.flatMap((event) => (event.type === 'delivery' ? [event.status] : []))
  const isSound =
    deliveryBeginnings.some((beginning) => beginning === states[0]) &&
    states.every((to, at) => at === 0 || canBecome(states[at - 1] ?? to, to)) &&
    states.at(-1) === status
  if (!isSound) throw new Error(`row ${seq}, now ${status}, has been ${states.join(' → ')}`)
  return states
}
