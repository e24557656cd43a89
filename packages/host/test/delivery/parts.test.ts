import type { Mailbox, PartChange } from '@nanoclaw/core'
import type { DeliveryStatus } from '@nanoclaw/schema'
import { expect, it } from 'vitest'
import {
  inTurn,
  lost,
  platform,
  refused,
  said,
  taken,
  workbench,
  type Answer,
} from './workbench.ts'

const text = 'aaaa bbbb cccc'
const long = said(1, { content: JSON.stringify({ text }) })
const id = long.id

const never: Answer = () => new Promise<never>(() => undefined)

it('a part of unknown outcome is looked up by its own key, and the next follow', async () => {
  const { mailbox, process } = await workbench()
  const { adapter, asked, lookedUp } = platform({
    textLength: 5,
    answer: inTurn(taken, lost),
    reconcile: () => Promise.resolve({ outcome: 'sent' }),
  })
  const { take, until, deliveries } = await process({ adapters: [adapter] })
  await take(long)
  await until(() => deliveries.isQuiet)
  expect(lookedUp).toEqual([`${id}/1`])
  expect(asked.map((each) => each.text)).toEqual(['aaaa', 'bbbb', 'cccc'])
  expect(await mailbox.delivery(id)).toMatchObject({
    status: 'delivered',
    ambiguousCount: 1,
    attempts: 1,
    platformMessageId: `id of ${id}/0`,
  })
  expect(await mailbox.parts(id)).toMatchObject([
    { part: 0, status: 'delivered', platformMessageId: `id of ${id}/0` },
    { part: 1, status: 'delivered' },
    { part: 2, status: 'delivered', platformMessageId: `id of ${id}/2` },
  ])
})

it('a part that the platform does not know is sent again, and counted, since its call may be under way', async () => {
  const { mailbox, process } = await workbench()
  const { adapter, asked } = platform({
    textLength: 5,
    answer: inTurn(taken, lost),
    reconcile: () => Promise.resolve({ outcome: 'not-sent' }),
  })
  const { take, until, deliveries } = await process({ adapters: [adapter] })
  await take(long)
  await until(() => deliveries.isQuiet)
  expect(asked.map((each) => each.text)).toEqual(['aaaa', 'bbbb', 'bbbb', 'cccc'])
  expect(await mailbox.delivery(id)).toMatchObject({
    status: 'delivered',
    ambiguousCount: 1,
    attempts: 1,
  })
})

it('a part of unknown outcome that cannot be looked up is sent again alone, and counted', async () => {
  const { mailbox, process } = await workbench()
  const { adapter, asked } = platform({ textLength: 5, answer: inTurn(taken, lost) })
  const { take, until, deliveries } = await process({ adapters: [adapter] })
  await take(long)
  await until(() => deliveries.isQuiet)
  expect(asked.map(({ key }) => key)).toEqual([`${id}/0`, `${id}/1`, `${id}/1`, `${id}/2`])
  expect(await mailbox.delivery(id)).toMatchObject({ status: 'delivered', ambiguousCount: 1 })
})

it('what arrived before a restart is not sent again when the rest is tried once more', async () => {
  const { mailbox, process } = await workbench()
  const first = platform({ textLength: 5, answer: inTurn(taken, refused) })
  const settings = { retryBaseMs: 600_000 }
  const before = await process({ adapters: [first.adapter], settings })
  await before.take(long)
  await before.deliveries.flush(10_000)
  expect(await mailbox.delivery(id)).toMatchObject({ status: 'retrying', attempts: 1 })
  await before.stop()
  await mailbox.settle(id, { status: 'retrying', nextAttemptAt: null })
  const second = platform({ textLength: 5, answer: (_text, key) => `second id of ${key}` })
  const { until, deliveries } = await process({ adapters: [second.adapter] })
  await until(() => deliveries.isQuiet)
  expect(second.asked.map((each) => each.text)).toEqual(['bbbb', 'cccc'])
  expect(await mailbox.delivery(id)).toMatchObject({
    status: 'delivered',
    ambiguousCount: 0,
    platformMessageId: `id of ${id}/0`,
  })
})

/** What a process leaves that dies after it has announced, or settled, these parts. */
async function leave(mailbox: Mailbox, ...statuses: readonly DeliveryStatus[]): Promise<void> {
  const contents = ['aaaa', 'bbbb', 'cccc'].map((each) =>
    JSON.stringify({ type: 'text', text: each }),
  )
  await mailbox.take([{ row: long, status: 'queued' }])
  await mailbox.settleParts(
    id,
    contents.map((content, part) => ({ part, status: 'queued', content })),
  )
  for (const [part, status] of statuses.entries()) {
    if (status !== 'queued') await mailbox.settleParts(id, [{ part, status: 'sending' }])
    if (part === 0) await mailbox.settle(id, { status: 'sending' })
    if (status === 'queued' || status === 'sending') continue
    const platformMessageId = status === 'delivered' ? `before ${part}` : undefined
    await mailbox.settleParts(id, [{ part, status, platformMessageId }])
  }
}

it('a process that dies in its call for a part leaves that one to be looked up [L16]', async () => {
  const { mailbox, process } = await workbench()
  await leave(mailbox, 'delivered', 'sending')
  const { adapter, asked, lookedUp } = platform({
    textLength: 5,
    reconcile: () => Promise.resolve({ outcome: 'sent' }),
  })
  const { until, deliveries } = await process({ adapters: [adapter] })
  await until(() => deliveries.isQuiet)
  expect(lookedUp).toEqual([`${id}/1`])
  expect(asked.map((each) => each.text)).toEqual(['cccc'])
  expect(await mailbox.delivery(id)).toMatchObject({
    status: 'delivered',
    ambiguousCount: 1,
    platformMessageId: 'before 0',
  })
})

it('a part that was never called for is sent, not looked up, after a crash', async () => {
  const { mailbox, process } = await workbench()
  await leave(mailbox, 'delivered', 'queued')
  const { adapter, asked, lookedUp } = platform({
    textLength: 5,
    reconcile: () => Promise.resolve({ outcome: 'unknown' }),
  })
  const { until, deliveries } = await process({ adapters: [adapter] })
  await until(() => deliveries.isQuiet)
  expect(lookedUp).toEqual([])
  expect(asked.map((each) => each.text)).toEqual(['bbbb', 'cccc'])
  expect(await mailbox.delivery(id)).toMatchObject({ status: 'delivered', ambiguousCount: 0 })
})

it('a part in doubt is decided by the next process, and those after it follow', async () => {
  const { mailbox, process } = await workbench()
  await leave(mailbox, 'delivered', 'sending')
  const change = { status: 'ambiguous', ambiguousCount: 1 } as const
  await mailbox.settle(id, change, { parts: [{ part: 1, ...change }] })
  const { adapter, asked, lookedUp } = platform({
    textLength: 5,
    reconcile: () => Promise.resolve({ outcome: 'unknown' }),
  })
  const { until, deliveries } = await process({ adapters: [adapter] })
  await until(() => deliveries.isQuiet)
  expect(lookedUp).toEqual([`${id}/1`])
  expect(asked.map((each) => each.text)).toEqual(['bbbb', 'cccc'])
  expect(await mailbox.delivery(id)).toMatchObject({ status: 'delivered', ambiguousCount: 1 })
})

it('parts are fixed before the first is sent: another limit of the channel shifts none', async () => {
  const { mailbox, process } = await workbench()
  await leave(mailbox, 'delivered', 'queued')
  const { adapter, asked } = platform({ textLength: 4_000 })
  const { until, deliveries } = await process({ adapters: [adapter] })
  await until(() => deliveries.isQuiet)
  expect(asked.map(({ text: sent, key }) => [sent, key])).toEqual([
    ['bbbb', `${id}/1`],
    ['cccc', `${id}/2`],
  ])
})

it('parts that an earlier version kept, without what they say, are gone on from', async () => {
  const { mailbox, process } = await workbench()
  await mailbox.take([{ row: long, status: 'queued' }])
  await mailbox.settle(id, { status: 'sending' }, { parts: [{ part: 0, status: 'sending' }] })
  await mailbox.settleParts(id, [{ part: 0, status: 'delivered', platformMessageId: 'before' }])
  const { adapter, asked } = platform({ textLength: 5 })
  const { until, deliveries } = await process({ adapters: [adapter] })
  await until(() => deliveries.isQuiet)
  expect(asked.map(({ text: sent, key }) => [sent, key])).toEqual([
    ['bbbb', `${id}/1`],
    ['cccc', `${id}/2`],
  ])
  // It may have been called for the second.
  expect(await mailbox.delivery(id)).toMatchObject({ status: 'delivered', ambiguousCount: 1 })
})

it('a process that dies after the last part has nothing to look up', async () => {
  const { mailbox, process } = await workbench()
  await leave(mailbox, 'delivered', 'delivered', 'delivered')
  const { adapter, asked, lookedUp } = platform({
    textLength: 5,
    reconcile: () => Promise.resolve({ outcome: 'unknown' }),
  })
  const { until, deliveries } = await process({ adapters: [adapter] })
  await until(() => deliveries.isQuiet)
  expect([asked, lookedUp]).toEqual([[], []])
  expect(await mailbox.delivery(id)).toMatchObject({ status: 'delivered', ambiguousCount: 0 })
})

it('each part costs one commit, that of the next announcement', async () => {
  const { process } = await workbench()
  const { adapter } = platform({ textLength: 5 })
  const calls: string[] = []
  const { take, until, deliveries } = await process({
    adapters: [adapter],
    mailbox: (mailbox) => writesOf(mailbox, calls),
  })
  await take(long)
  await until(() => deliveries.isQuiet)
  expect(calls).toEqual([
    'take',
    'settleParts 0 queued, 1 queued, 2 queued',
    'settle sending, 0 sending',
    'settleParts 0 delivered, 1 sending',
    'settleParts 1 delivered, 2 sending',
    'settle delivered, 2 delivered',
  ])
})

const inWords = ({ part, status }: PartChange): string => `${part} ${status}`

function writesOf(mailbox: Mailbox, calls: string[]): Mailbox {
  return {
    ...mailbox,
    sessionId: mailbox.sessionId,
    unfinishedPlaces: () => mailbox.unfinishedPlaces(),
    parts: (of) => mailbox.parts(of),
    delivery: (of) => mailbox.delivery(of),
    take: (...args) => {
      calls.push('take')
      return mailbox.take(...args)
    },
    settle: (of, change, also) => {
      calls.push(['settle ' + change.status, ...(also?.parts ?? []).map(inWords)].join(', '))
      return mailbox.settle(of, change, also)
    },
    settleParts: (of, changes) => {
      calls.push(`settleParts ${changes.map(inWords).join(', ')}`)
      return mailbox.settleParts(of, changes)
    },
  }
}

it('a text of one part costs no commit beyond its outcome', async () => {
  const { process } = await workbench()
  const { adapter } = platform({})
  const calls: string[] = []
  const { take, until, deliveries } = await process({
    adapters: [adapter],
    mailbox: (mailbox) =>
      new Proxy(mailbox, {
        get(target, name) {
          calls.push(String(name))
          return Reflect.get(target, name)
        },
      }),
  })
  await take(said(1))
  await until(() => deliveries.isQuiet)
  expect(calls).toEqual(['unfinishedPlaces', 'take', 'settle'])
})

it('a look-up without an answer counts as unknown when its time is up', async () => {
  const { mailbox, process } = await workbench()
  const { adapter, asked } = platform({
    answer: inTurn(lost),
    reconcile: () => new Promise<never>(() => undefined),
  })
  const { take, until, deliveries } = await process({
    adapters: [adapter],
    settings: { deliveryTimeoutMs: 20 },
  })
  await take(said(1))
  await until(() => deliveries.isQuiet)
  expect(asked).toHaveLength(2)
  expect(await mailbox.delivery(id)).toMatchObject({ status: 'delivered', ambiguousCount: 1 })
})

it('a stop does not wait for a look-up, and leaves the question to the next process', async () => {
  const { mailbox, process } = await workbench()
  const asking = Promise.withResolvers<void>()
  const hung = platform({
    answer: inTurn(lost),
    reconcile: () => {
      asking.resolve()
      return new Promise<never>(() => undefined)
    },
  })
  const before = await process({ adapters: [hung.adapter] })
  await before.take(said(1))
  await asking.promise
  await before.stop()
  expect(await mailbox.delivery(id)).toMatchObject({ status: 'ambiguous', ambiguousCount: 1 })
  const next = platform({ answer: never, reconcile: () => Promise.resolve({ outcome: 'sent' }) })
  const { until, deliveries } = await process({ adapters: [next.adapter] })
  await until(() => deliveries.isQuiet)
  expect(next.asked).toEqual([])
  expect(await mailbox.delivery(id)).toMatchObject({ status: 'delivered', ambiguousCount: 1 })
})
