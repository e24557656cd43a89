import { RetryableDeliveryError } from '@nanoclaw/adapters'
import { expect, it } from 'vitest'
import { platform, said, workbench, type Answer } from './workbench.ts'

const text = 'aaaa bbbb cccc'
const long = said(1, { content: JSON.stringify({ text }) })
const id = long.id

/** What the platform does with each send in turn; after the last it takes everything. */
function inTurn(...answers: readonly Answer[]): Answer {
  const left = [...answers]
  return (part, key) => (left.shift() ?? ((_part, of) => `id of ${of}`))(part, key)
}

const taken: Answer = (_text, key) => `id of ${key}`
const lost: Answer = () => Promise.reject(new Error('the answer was lost'))
const refused: Answer = () => Promise.reject(new RetryableDeliveryError('not now'))
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
    attempts: 0,
    platformMessageId: `id of ${id}/0`,
  })
  expect(await mailbox.parts(id)).toMatchObject([
    { part: 0, status: 'delivered', platformMessageId: `id of ${id}/0` },
    { part: 1, status: 'delivered' },
    { part: 2, status: 'delivered', platformMessageId: `id of ${id}/2` },
  ])
})

it('a part that the platform does not know is sent again as one known not sent', async () => {
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
    ambiguousCount: 0,
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

it('a process that dies between two parts leaves the second to be looked up', async () => {
  const { mailbox, process } = await workbench()
  await mailbox.take([{ row: long, status: 'sending' }])
  await mailbox.settlePart(id, 0, { status: 'delivered', platformMessageId: 'first' })
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
    platformMessageId: 'first',
  })
})

it('a process that dies after the last part has nothing to look up', async () => {
  const { mailbox, process } = await workbench()
  await mailbox.take([{ row: long, status: 'sending' }])
  for (const part of [0, 1, 2]) await mailbox.settlePart(id, part, { status: 'delivered' })
  const { adapter, asked, lookedUp } = platform({
    textLength: 5,
    reconcile: () => Promise.resolve({ outcome: 'unknown' }),
  })
  const { until, deliveries } = await process({ adapters: [adapter] })
  await until(() => deliveries.isQuiet)
  expect([asked, lookedUp]).toEqual([[], []])
  expect(await mailbox.delivery(id)).toMatchObject({ status: 'delivered', ambiguousCount: 0 })
})

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
  expect(await mailbox.delivery(id)).toMatchObject({ status: 'sending', ambiguousCount: 0 })
  const next = platform({ answer: never, reconcile: () => Promise.resolve({ outcome: 'sent' }) })
  const { until, deliveries } = await process({ adapters: [next.adapter] })
  await until(() => deliveries.isQuiet)
  expect(next.asked).toEqual([])
  expect(await mailbox.delivery(id)).toMatchObject({ status: 'delivered', ambiguousCount: 1 })
})
