import { strictEqual, deepEqual } from 'node:assert/strict'
import { isNanoclawError, timestamp, type Origin } from '@nanoclaw/schema'
import fc from 'fast-check'
import type { Mailbox, OutboundRow } from '../../src/index.ts'
import type { FakeClock } from '../../src/testing.ts'
import { compareAll, compareRow } from './compare-ledgers.ts'
import { statuses } from './ledger-model.ts'
import type { Words } from './chat-model.ts'
import type { Change, LedgerModel, NewRow, Refusal } from './ledger-model.ts'

/** The real ledger under test. */
export interface RealLedger {
  mailbox: Mailbox
  readonly clock: FakeClock
  /** As a restart finds it. */
  reopen(): Mailbox
  /** An id that has not been used. */
  newId(): string
}

type Command = fc.AsyncCommand<LedgerModel, RealLedger>

const words = { unanswered: 'not now', waiting: 'later', recovered: 'again' }
const origins: readonly Origin[] = ['a', 'b'].flatMap((platformId) =>
  [null, 'thread'].map((threadId) => ({
    ...{ channelType: 'test', channelInstance: '', platformId, threadId },
  })),
)
const origin = fc.constantFrom(...origins)
const manyThreads: readonly Origin[] = ['1', '2', '3', '4', '5', '6', 'thread'].map((threadId) => ({
  ...{ channelType: 'test', channelInstance: '', platformId: 'a', threadId },
}))
const time = fc.integer({ min: -50, max: 50 })
const nat = fc.nat(20)
const picks = fc.array(nat, { maxLength: 3 })
const ending = fc.constantFrom('completed' as const, 'failed' as const)

const moment = (ms: number): string => timestamp({ now: () => ms })

function pick<T>(all: readonly T[], at: number): T | undefined {
  return all[at % Math.max(1, all.length)]
}

const rowId = (model: LedgerModel, at: number): string =>
  pick(model.sorted, at)?.id ?? 'out-unknown0'

const inboundIds = (model: LedgerModel, at: readonly number[]): readonly string[] => [
  ...new Set(at.flatMap((each) => pick([...model.inbound.keys()], each) ?? [])),
]

/** What a call gives, or the code with which it refuses. */
async function outcomeOf<T>(call: Promise<T>): Promise<{ readonly value: T } | string> {
  try {
    return { value: await call }
  } catch (error) {
    if (isNanoclawError(error)) return error.code
    throw error
  }
}

/** Both say yes, or both refuse for the same reason. */
function sameRefusal(model: Refusal | undefined, real: object | string, what: string): void {
  strictEqual(typeof real === 'string' ? real : 'done', model ?? 'done', what)
}

function command<T>(
  name: string,
  values: fc.Arbitrary<T>,
  run: (values: T, model: LedgerModel, real: RealLedger) => Promise<void>,
): fc.Arbitrary<Command> {
  return values.map((made) => ({
    check: () => true,
    run: (model, real) => run(made, model, real),
    toString: () => `${name} ${JSON.stringify(made)}`,
  }))
}

/** The host's own messages are the same, and the model learns their ids. */
function learnWords(
  model: LedgerModel,
  expected: readonly Words[],
  said: readonly { readonly id: string; readonly content: string }[],
): void {
  deepEqual(
    said.map(({ content }) => content),
    expected.map(({ word }) => JSON.stringify({ text: words[word] })),
  )
  for (const [index, word] of expected.entries()) model.say(said[index]?.id ?? '', word)
}

const append = command(
  'append',
  fc.record({ origin: fc.option(origin), trigger: fc.boolean(), key: fc.option(fc.nat(3)) }),
  async ({ origin: from, trigger, key }, model, real) => {
    const dedupeKey = key === null ? undefined : `key-${key}`
    const content = { text: 'hello', sender: 'Ann', senderId: 'ann' }
    const row = { kind: 'chat' as const, content, origin: from, trigger, dedupeKey }
    const [got] = await real.mailbox.append([row])
    const expected = model.append({ id: got?.id ?? '', origin: from, trigger, dedupeKey })
    deepEqual([got?.id, got?.seq], [expected.id, expected.seq])
  },
)

const madeRow = fc.record({
  /** `known`: read a second time; `stolen`: another row under a known id; `old`: out of order. */
  how: fc.constantFrom('new', 'new', 'new', 'new', 'new', 'known', 'stolen', 'old'),
  origin,
  status: fc.constantFrom('queued', 'sending', 'refused', 'failed'),
  at: nat,
  putOff: fc.option(time),
})
type MadeRow = typeof madeRow extends fc.Arbitrary<infer T> ? T : never

function newRows(made: readonly MadeRow[], model: LedgerModel, real: RealLedger) {
  let seq = model.largestSeq
  const own = model.sorted.filter((row) => row.seq % 2 === 1)
  return made.map(({ how, origin: to, status, at, putOff }) => {
    seq += seq % 2 === 0 ? 1 : 2
    const isPutOff = putOff !== null && status === 'queued'
    const row = {
      origin: to,
      status,
      beginning: status,
      nextAttemptAt: isPutOff ? model.now + putOff : null,
    }
    const known = pick(own, at)
    if (how === 'old') return { ...row, id: real.newId(), seq: 1 }
    if (known === undefined || how === 'new') return { ...row, id: real.newId(), seq }
    return { ...row, id: known.id, seq: how === 'known' ? known.seq : seq }
  })
}

function outboundRow({ id, seq, origin: to }: NewRow): OutboundRow {
  const rest = { inReplyTo: null, turnId: null, timestamp: moment(0), deliverAfter: null }
  return { id, seq, kind: 'chat', ...rest, ...to, content: JSON.stringify({ text: 'hi' }) }
}

const take = command(
  'take',
  fc.record({
    rows: fc.array(madeRow, { maxLength: 3 }),
    picks,
    status: ending,
    hasWords: fc.boolean(),
  }),
  async (made, model, real) => {
    const rows = newRows(made.rows, model, real)
    const ids = inboundIds(model, made.picks)
    const rest = { turnId: 'turn-00000001', epoch: 1, claims: 1, claimedAt: null, error: null }
    const acks = ids.map((messageId) => ({ messageId, status: made.status, ...rest }))
    const got = await outcomeOf(
      real.mailbox.take(
        rows.map((row) => ({
          row: outboundRow(row),
          status: row.beginning,
          nextAttemptAt: row.nextAttemptAt === null ? undefined : moment(row.nextAttemptAt),
        })),
        { acks, chat: made.hasWords ? words : undefined },
      ),
    )
    sameRefusal(model.take(rows), got, 'take')
    if (typeof got === 'string') return
    learnWords(model, model.end(ids, made.status, made.hasWords), got.value.said)
  },
)

const change = fc.record(
  {
    status: fc.constantFrom(...statuses),
    attempts: fc.nat(12),
    ambiguousCount: fc.nat(3),
    nextAttemptAt: fc.option(time),
    error: fc.option(fc.constantFrom('busy', 'gone')),
    askedAt: fc.option(fc.constant(0)),
  },
  { requiredKeys: ['status'] },
)

const partChange = fc.record(
  { part: fc.nat(2), status: fc.constantFrom(...statuses), attempts: fc.nat(3) },
  { requiredKeys: ['part', 'status'] },
)

const settle = command(
  'settle',
  fc.record({
    row: nat,
    change,
    way: fc.option(fc.nat(5), { freq: 4 }),
    parts: fc.oneof(
      { weight: 3, arbitrary: fc.constant([]) },
      fc.array(partChange, { maxLength: 2 }),
    ),
  }),
  async ({ row, change: { status: any, ...made }, way, parts }, model, real) => {
    const id = rowId(model, row)
    const status = pick(way === null ? [] : model.waysOf(id), way ?? 0) ?? any
    const after = (ms: number | null | undefined) => (typeof ms === 'number' ? model.now + ms : ms)
    const { nextAttemptAt, askedAt, ...other } = made
    const rest = { ...other, status }
    const times = {
      ...(nextAttemptAt !== undefined && { nextAttemptAt: after(nextAttemptAt) ?? null }),
      ...(askedAt !== undefined && { askedAt: after(askedAt) ?? null }),
    }
    const texts = Object.entries(times).map(([name, ms]) => [name, ms === null ? ms : moment(ms)])
    const written = { ...rest, ...Object.fromEntries(texts) }
    const got = await outcomeOf(real.mailbox.settle(id, written, { parts }))
    const changed: Change = { ...rest, ...times }
    sameRefusal(model.settle(id, changed, parts), got, `${model.rows.get(id)?.status}`)
    if (typeof got !== 'string') compareRow(model, got.value)
  },
)

const settleParts = command(
  'settleParts',
  fc.record({ row: nat, parts: fc.array(partChange, { minLength: 1, maxLength: 3 }) }),
  async ({ row, parts }, model, real) => {
    const id = rowId(model, row)
    const got = await outcomeOf(real.mailbox.settleParts(id, parts))
    sameRefusal(model.settleParts(id, parts), got, 'parts')
  },
)

const requeue = command('requeue', nat, async (row, model, real) => {
  const id = rowId(model, row)
  const got = await outcomeOf(real.mailbox.requeue(id))
  sameRefusal(model.requeue(id), got, 'requeue')
  if (typeof got !== 'string') compareRow(model, got.value)
})

const end = command(
  'end',
  fc.record({ picks, status: ending, hasWords: fc.boolean() }),
  async ({ picks: at, status, hasWords }, model, real) => {
    const ids = inboundIds(model, at)
    const said = await real.mailbox.end(ids, status, hasWords ? words : undefined)
    learnWords(model, model.end(ids, status, hasWords), said)
  },
)

const pause = command('pause', picks, async (at, model, real) => {
  const ids = inboundIds(model, at)
  const paused = (await real.mailbox.pause(ids, 1)).map(({ id }) => id)
  deepEqual(paused.toSorted(), model.pause(ids).toSorted())
})

const rerun = command('rerun', nat, async (at, model, real) => {
  const [id = 'in-unknown00'] = inboundIds(model, [at])
  const got = await outcomeOf(real.mailbox.rerun(id))
  const outcome = typeof got === 'string' ? got : got.value.outcome
  strictEqual(outcome, model.rerun(id, typeof got === 'string' ? '' : got.value.id))
})

const countTry = command('countTry', picks, async (at, model, real) => {
  const ids = inboundIds(model, at)
  await real.mailbox.countTry(ids)
  model.countTry(ids)
})

const tellUnanswered = command(
  'tellUnanswered',
  fc.oneof(fc.array(origin, { maxLength: 3 }), fc.constant(manyThreads)),
  async (to, model, real) => {
    const said = await real.mailbox.tellUnanswered(to, words.waiting)
    learnWords(model, model.tellUnanswered(to), said)
  },
)

const advance = command('advance', fc.nat(60), async (ms, model, real) => {
  real.clock.advance(ms)
  model.now += ms
})

/** A clock as people set it, or as calm passes. */
const shift = command('shift', fc.integer({ min: -15, max: 45 }), async (minutes, model, real) => {
  model.now += minutes * 60_000
  real.clock.set(moment(model.now))
})

const reopen = command('reopen', fc.constant(null), async (_, model, real) => {
  real.mailbox = real.reopen()
  await compareAll(model, real.mailbox, timestamp(real.clock))
})

const often = [append, append, take, take, take, settle, settle, settle, settle, settleParts]
const now = [requeue, end, pause, rerun, countTry, tellUnanswered, advance, shift]

/** Everything that can happen to a ledger; what is there more often happens more often. */
export const ledgerCommands: readonly fc.Arbitrary<Command>[] = [
  ...[often, often, often, now, now, [reopen]].flat(),
]
