import { expect, it } from 'vitest'
import {
  inTurn,
  lost,
  platform,
  refused,
  said,
  setClock,
  taken,
  workbench,
  type Answer,
} from './workbench.ts'

const row = said(1)
const { id } = row
const long = said(1, { content: JSON.stringify({ text: 'aaaa bbbb cccc' }) })
const ask = { unknownOutcome: 'ask' } as const

it('nothing of unknown outcome is given up before it has been looked up', async () => {
  const { mailbox, process } = await workbench()
  const reconcile = async () => ({ outcome: 'sent' }) as const
  const { adapter, asked, lookedUp } = platform({ answer: inTurn(lost), reconcile })
  const { take, until, deliveries } = await process({
    adapters: [adapter],
    settings: { maxAttempts: 1 },
  })
  await take(row)
  await until(() => deliveries.isQuiet)
  expect([asked.length, lookedUp]).toEqual([1, [`${id}/0`]])
  expect(await mailbox.delivery(id)).toMatchObject({ status: 'delivered', ambiguousCount: 1 })
})

it('while its key protects, the last try is repeated before it is given up', async () => {
  const { mailbox, process } = await workbench()
  await mailbox.take([{ row, status: 'sending' }])
  const { adapter, asked } = platform({ idempotency: { windowMs: Infinity } })
  const { until, deliveries } = await process({
    adapters: [adapter],
    settings: { maxAttempts: 1 },
  })
  await until(() => deliveries.isQuiet)
  expect(asked).toHaveLength(1)
  expect(await mailbox.delivery(id)).toMatchObject({ status: 'delivered', ambiguousCount: 1 })
})

it('what is queued again has all its tries, whatever became of the earlier ones', async () => {
  const { mailbox, process } = await workbench()
  const { adapter, asked } = platform({ answer: inTurn(lost, lost, lost, refused, refused) })
  const { take, until, deliveries } = await process({
    adapters: [adapter],
    settings: { maxAttempts: 3 },
  })
  await take(row)
  await until(() => deliveries.isQuiet)
  expect(await mailbox.delivery(id)).toMatchObject({ status: 'failed', attempts: 3 })
  await deliveries.requeue(id)
  await until(() => deliveries.isQuiet)
  expect(asked).toHaveLength(6)
  expect(await mailbox.delivery(id)).toMatchObject({ status: 'delivered', ambiguousCount: 3 })
})

it('what a person was asked about, and has sent again, has all its tries', async () => {
  const { mailbox, process } = await workbench()
  const answer = inTurn(lost, lost, lost, refused)
  const { adapter } = platform({ answer })
  const { take, until, deliveries } = await process({
    adapters: [adapter],
    settings: { ...ask, maxAttempts: 1 },
  })
  await take(row)
  await until(() => deliveries.isQuiet)
  for (let again = 0; again < 2; again += 1) {
    await deliveries.requeue(id)
    await until(() => deliveries.isQuiet)
    expect(await mailbox.delivery(id)).toMatchObject({ status: 'ambiguous', attempts: 1 })
  }
})

it('each part has all its tries, counted over restarts', async () => {
  const { mailbox, process } = await workbench()
  const settings = { maxAttempts: 3, retryBaseMs: 600_000 }
  const first = platform({ textLength: 5, answer: inTurn(refused) })
  const before = await process({ adapters: [first.adapter], settings })
  await before.take(long)
  await before.deliveries.flush(10_000)
  await before.stop()
  await mailbox.settle(id, { status: 'retrying', nextAttemptAt: null })
  const next = platform({
    textLength: 5,
    answer: inTurn(refused, taken, refused, refused, taken, refused, refused, refused),
  })
  const after = await process({ adapters: [next.adapter], settings: { maxAttempts: 3 } })
  await after.until(() => after.deliveries.isQuiet)
  expect(next.asked.map(({ text }) => text)).toEqual([
    ...['aaaa', 'aaaa', 'bbbb', 'bbbb', 'bbbb', 'cccc', 'cccc', 'cccc'],
  ])
  const failed = await mailbox.delivery(id)
  expect(failed?.error).toBe('given up after 3 tries: not now')
})

it('a call that goes on past its time-out is counted, though a look-up does not find it', async () => {
  const { mailbox, process } = await workbench()
  const shown: string[] = []
  const ended = Promise.withResolvers<void>()
  const late: Answer = async (_text, key) => {
    await ended.promise
    shown.push(key)
    return key
  }
  const { adapter, asked } = platform({
    answer: inTurn(late, (_text, key) => {
      shown.push(key)
      ended.resolve()
      return key
    }),
    reconcile: async (key) => ({ outcome: shown.includes(key) ? 'sent' : 'not-sent' }),
  })
  const { take, until, deliveries } = await process({
    adapters: [adapter],
    settings: { deliveryTimeoutMs: 20 },
  })
  await take(row)
  await until(() => deliveries.isQuiet)
  expect(asked).toHaveLength(2)
  expect(await mailbox.delivery(id)).toMatchObject({ status: 'delivered', ambiguousCount: 1 })
})

it('what is queued again may still have arrived when its destination is revoked', async () => {
  const { mailbox, process } = await workbench()
  let allowed = true
  const far = platform({ answer: inTurn(lost) })
  const { take, until, deliveries } = await process({
    adapters: [far.adapter],
    settings: { maxAttempts: 1 },
    authorize: async () => (allowed ? { allowed } : { allowed, reason: 'it was revoked' }),
  })
  await take(row)
  await until(() => deliveries.isQuiet)
  allowed = false
  await deliveries.requeue(id)
  await until(() => deliveries.isQuiet)
  expect(await mailbox.delivery(id)).toMatchObject({
    status: 'failed',
    error: 'it was revoked; an earlier try may have arrived',
  })
})

it('what is put off waits apart when the clock is put back, and holds up no other', async () => {
  const { mailbox, process } = await workbench()
  const clock = setClock()
  const hourMs = 3_600_000
  clock.offsetMs = 24 * hourMs
  const nextAttemptAt = new Date(Date.now() + 23 * hourMs).toISOString()
  await mailbox.take([
    { row: said(1), status: 'queued' },
    { row: said(3), status: 'queued', nextAttemptAt },
    { row: said(5), status: 'queued' },
  ])
  const { adapter, asked } = platform({
    answer: () => {
      clock.offsetMs = 0
      return 'id'
    },
  })
  const { until, deliveries } = await process({ adapters: [adapter], clock })
  await until(() => deliveries.isQuiet)
  expect(asked.map(({ text }) => text)).toEqual(['text 1', 'text 5'])
  expect(deliveries.nextAttemptAt).toBe(nextAttemptAt)
})

it('what is queued again is not sent when the platform says that it has arrived', async () => {
  const { mailbox, process } = await workbench()
  const far = platform({ answer: inTurn(lost) })
  const { take, until, deliveries } = await process({
    adapters: [far.adapter],
    settings: { maxAttempts: 1 },
  })
  await take(row)
  await until(() => deliveries.isQuiet)
  far.setDown('away')
  await deliveries.requeue(id)
  await deliveries.flush(10_000)
  const update = { status: 'delivered', platformMessageId: 'it stands there' } as const
  await deliveries.report({ messageOutId: id, part: 0 }, update)
  far.setDown(undefined)
  deliveries.poke()
  await until(() => deliveries.isQuiet)
  expect(far.asked).toHaveLength(1)
  expect(await mailbox.delivery(id)).toMatchObject({
    status: 'delivered',
    platformMessageId: 'it stands there',
  })
})
