import { NanoclawError } from '@nanoclaw/schema'
import { expect, it } from 'vitest'
import { inTurn, lost, platform, said, taken, workbench } from './workbench.ts'

const text = 'aaaa bbbb cccc'
const long = said(1, { content: JSON.stringify({ text }) })
const { id } = long
const ask = { unknownOutcome: 'ask' } as const
const rejected = { status: 'failed', reason: 'the carrier refused it' } as const

it('what a platform has queued can be found by its key before it stands as delivered', async () => {
  const { mailbox, receipts, process } = await workbench()
  const noted: number[] = []
  const { adapter } = platform({ queued: true })
  const { take, until, deliveries } = await process({
    adapters: [adapter],
    mailbox: (inner) => ({
      ...inner,
      settle: (of, change, also) => {
        if (change.status === 'delivered') noted.push(receipts.size)
        return inner.settle(of, change, also)
      },
    }),
  })
  await take(said(1))
  await until(() => deliveries.isQuiet)
  expect(noted).toEqual([1])
  expect(receipts.get(`${id}/0`)).toEqual({
    sessionId: mailbox.sessionId,
    messageOutId: id,
    part: 0,
  })
})

it('what a platform will report on can be found by its key before it is asked to send', async () => {
  const { receipts, process } = await workbench()
  const noted: (readonly string[])[] = []
  const { adapter } = platform({
    queued: true,
    textLength: 5,
    answer: (_text, key) => {
      noted.push([...receipts.keys()])
      return key
    },
  })
  const { take, until, deliveries } = await process({ adapters: [adapter] })
  await take(long)
  await until(() => deliveries.isQuiet)
  const keys = [0, 1, 2].map((part) => `${id}/${part}`)
  expect(noted).toEqual([keys.slice(0, 1), keys.slice(0, 2), keys])
})

it('a late rejection makes a failure of what was delivered, and the agent is told', async () => {
  const { mailbox, troubles, process } = await workbench()
  const { adapter } = platform({ queued: true })
  const { take, until, deliveries } = await process({ adapters: [adapter] })
  await take(said(1))
  await until(() => deliveries.isQuiet)
  await deliveries.report({ messageOutId: id, part: 0 }, rejected)
  expect(await mailbox.delivery(id)).toMatchObject({
    status: 'failed',
    error: 'the carrier refused it',
  })
  expect(troubles.map(({ kind }) => kind)).toEqual(['delivery-failed'])
  expect(await mailbox.pending(10)).toMatchObject([{ kind: 'system' }])
  await deliveries.report({ messageOutId: id, part: 0 }, rejected)
  expect(await mailbox.pending(10)).toHaveLength(1)
})

it('of several parts the one that was rejected late is the one that is sent again', async () => {
  const { mailbox, process } = await workbench()
  const { adapter, asked } = platform({ queued: true, textLength: 5 })
  const { take, until, deliveries } = await process({ adapters: [adapter] })
  await take(long)
  await until(() => deliveries.isQuiet)
  await deliveries.report({ messageOutId: id, part: 1 }, rejected)
  await deliveries.requeue(id)
  await until(() => deliveries.isQuiet)
  expect(asked.map((each) => each.text)).toEqual(['aaaa', 'bbbb', 'cccc', 'bbbb'])
  expect(await mailbox.delivery(id)).toMatchObject({ status: 'delivered' })
})

it('a report that comes before the platform has answered waits for the answer', async () => {
  const { mailbox, process } = await workbench()
  const called = Promise.withResolvers<void>()
  const answer = Promise.withResolvers<string>()
  const { adapter } = platform({
    queued: true,
    answer: () => {
      called.resolve()
      return answer.promise
    },
  })
  const { take, until, underWay, deliveries } = await process({ adapters: [adapter] })
  await take(said(1))
  await called.promise
  const ref = underWay.find(`${id}/0`)
  expect(ref).toMatchObject({ messageOutId: id, part: 0 })
  const reported = deliveries.report({ messageOutId: id, part: 0 }, rejected)
  answer.resolve('one')
  await reported
  expect(await mailbox.delivery(id)).toMatchObject({ status: 'failed' })
  await until(() => deliveries.isQuiet)
  expect(underWay.find(`${id}/0`)).toBeUndefined()
})

it('a rejection of an early part ends the delivery while a later one waits', async () => {
  const { mailbox, process } = await workbench()
  const far = platform({ queued: true, textLength: 5, answer: inTurn(taken, lost) })
  const settings = { retryBaseMs: 600_000 }
  const { take, deliveries } = await process({ adapters: [far.adapter], settings })
  await take(long)
  await deliveries.flush(10_000)
  expect(await mailbox.delivery(id)).toMatchObject({ status: 'ambiguous' })
  await deliveries.report({ messageOutId: id, part: 0 }, rejected)
  expect(await mailbox.delivery(id)).toMatchObject({ status: 'failed' })
  expect(deliveries.isQuiet).toBe(true)
  expect(far.asked).toHaveLength(2)
})

it('a receipt settles what a person is asked about, and answers the question', async () => {
  const { mailbox, troubles, process } = await workbench()
  const { adapter } = platform({ answer: inTurn(lost) })
  const { take, until, deliveries } = await process({ adapters: [adapter], settings: ask })
  await take(said(1))
  await until(() => deliveries.isQuiet)
  const update = { status: 'delivered', platformMessageId: 'late' } as const
  await deliveries.report({ messageOutId: id, part: 0 }, update)
  expect(await mailbox.delivery(id)).toMatchObject({
    status: 'delivered',
    platformMessageId: 'late',
    ambiguousCount: 1,
  })
  expect(troubles.map(({ kind, subject }) => [kind, subject])).toEqual([
    ['delivery-ambiguous', id],
    ['answered', id],
  ])
})

it('a receipt settles what is found sending while its channel is down', async () => {
  const { mailbox, process } = await workbench()
  await mailbox.take([{ row: said(1), status: 'sending' }])
  const far = platform({})
  far.setDown('the line is cut')
  const { until, deliveries } = await process({ adapters: [far.adapter] })
  await deliveries.flush(10_000)
  await deliveries.report({ messageOutId: id, part: 0 }, { status: 'delivered' })
  await until(() => deliveries.isQuiet)
  expect(far.asked).toEqual([])
  expect(await mailbox.delivery(id)).toMatchObject({ status: 'delivered', ambiguousCount: 1 })
})

it('a report that cannot be kept is not taken for kept', async () => {
  const { process } = await workbench()
  const { adapter } = platform({ queued: true })
  const dead = new NanoclawError('closed', 'this mailbox has been closed')
  const { take, until, deliveries } = await process({
    adapters: [adapter],
    mailbox: (inner) => ({
      ...inner,
      settle: (of, change, also) =>
        change.status === 'failed' ? Promise.reject(dead) : inner.settle(of, change, also),
    }),
  })
  await take(said(1))
  await until(() => deliveries.isQuiet)
  const report = deliveries.report({ messageOutId: id, part: 0 }, rejected)
  await expect(report).rejects.toMatchObject({ code: 'closed' })
})

it('the id that a platform tells late is kept', async () => {
  const { mailbox, process } = await workbench()
  const { adapter } = platform({ queued: true, textLength: 5 })
  const { take, until, deliveries } = await process({ adapters: [adapter] })
  await take(long)
  await until(() => deliveries.isQuiet)
  for (const part of [0, 1]) {
    const update = { status: 'delivered', platformMessageId: `late ${part}` } as const
    await deliveries.report({ messageOutId: id, part }, update)
  }
  expect(await mailbox.delivery(id)).toMatchObject({
    status: 'delivered',
    platformMessageId: 'late 0',
  })
  expect(await mailbox.parts(id)).toMatchObject([
    { platformMessageId: 'late 0' },
    { platformMessageId: 'late 1' },
    { platformMessageId: null },
  ])
})

it('what a platform reports of what has ended otherwise changes nothing', async () => {
  const { mailbox, process } = await workbench()
  const { adapter } = platform({})
  const { take, until, deliveries } = await process({ adapters: [adapter] })
  await take(said(1))
  await until(() => deliveries.isQuiet)
  await deliveries.report({ messageOutId: id, part: 0 }, { status: 'delivered' })
  await deliveries.report({ messageOutId: id, part: 7 }, rejected)
  expect(await mailbox.delivery(id)).toMatchObject({ status: 'delivered', error: null })
})
