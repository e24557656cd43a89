import { setImmediate as turnOfLoop } from 'node:timers/promises'
import { RetryableDeliveryError, TerminalDeliveryError } from '@nanoclaw/adapters'
import { expect, it } from 'vitest'
import { inTurn, lost, platform, said, taken, workbench } from './workbench.ts'

const text = 'aaaa bbbb cccc'
const long = said(1, { content: JSON.stringify({ text }) })
const { id } = long
const ask = { unknownOutcome: 'ask' } as const
const gone = () => Promise.reject(new TerminalDeliveryError('the chat is gone'))

it('what failed is sent again, but for the parts that have arrived', async () => {
  const { mailbox, troubles, process } = await workbench()
  const { adapter, asked } = platform({ textLength: 5, answer: inTurn(taken, gone) })
  const { take, until, deliveries } = await process({ adapters: [adapter] })
  await take(long)
  await until(() => deliveries.isQuiet)
  expect(await mailbox.delivery(id)).toMatchObject({ status: 'failed' })
  expect(await deliveries.requeue(id)).toMatchObject({ status: 'queued', attempts: 0 })
  await until(() => deliveries.isQuiet)
  expect(asked.map((each) => each.text)).toEqual(['aaaa', 'bbbb', 'bbbb', 'cccc'])
  expect(await mailbox.delivery(id)).toMatchObject({ status: 'delivered', error: null })
  expect(troubles).toContainEqual({ kind: 'over', message: 'delivery-failed' })
})

it('the incident of failures stays while another one has failed', async () => {
  const { troubles, process } = await workbench()
  const { adapter } = platform({ answer: inTurn(gone, gone) })
  const { take, until, deliveries } = await process({ adapters: [adapter] })
  await take(said(1), said(3))
  await until(() => deliveries.isQuiet)
  await deliveries.requeue(said(1).id)
  expect(troubles).not.toContainEqual({ kind: 'over', message: 'delivery-failed' })
})

it('what is queued again goes out although later rows have gone out before it', async () => {
  const { process } = await workbench()
  const { adapter, asked } = platform({ answer: inTurn(gone) })
  const { take, until, deliveries } = await process({ adapters: [adapter] })
  await take(said(1), said(3))
  await until(() => deliveries.isQuiet)
  await deliveries.requeue(said(1).id)
  await until(() => deliveries.isQuiet)
  expect(asked.map((each) => each.text)).toEqual(['text 1', 'text 3', 'text 1'])
})

it('what a person has queued again is sent without another question, were it refused once more', async () => {
  const { mailbox, troubles, process } = await workbench()
  const refused = () => Promise.reject(new RetryableDeliveryError('too many'))
  const { adapter, asked } = platform({ answer: inTurn(lost, refused) })
  const { take, until, deliveries } = await process({ adapters: [adapter], settings: ask })
  await take(said(1))
  await until(() => deliveries.isQuiet)
  await deliveries.requeue(id)
  await until(() => deliveries.isQuiet)
  expect(asked).toHaveLength(3)
  expect(troubles.filter(({ kind }) => kind === 'delivery-ambiguous')).toHaveLength(1)
  expect(troubles).toContainEqual({ kind: 'answered', subject: id, message: '' })
  expect(await mailbox.delivery(id)).toMatchObject({
    status: 'delivered',
    askedAt: null,
    ambiguousCount: 1,
  })
})

it('a part that a person has seen arrive is not sent again, and those after it go out', async () => {
  const { mailbox, process } = await workbench()
  const { adapter, asked } = platform({ textLength: 5, answer: inTurn(taken, lost) })
  const { take, until, deliveries } = await process({ adapters: [adapter], settings: ask })
  await take(long)
  await until(() => deliveries.isQuiet)
  await deliveries.settleAsked(id, 'delivered')
  await until(() => deliveries.isQuiet)
  expect(asked.map((each) => each.text)).toEqual(['aaaa', 'bbbb', 'cccc'])
  expect(await mailbox.delivery(id)).toMatchObject({ status: 'delivered', ambiguousCount: 1 })
})

it('what a person says did not arrive has failed, and its agent is told', async () => {
  const { mailbox, troubles, process } = await workbench()
  const { adapter, asked } = platform({ answer: inTurn(lost) })
  const { take, until, deliveries } = await process({ adapters: [adapter], settings: ask })
  await take(said(1))
  await until(() => deliveries.isQuiet)
  expect(await deliveries.settleAsked(id, 'failed')).toMatchObject({ status: 'failed' })
  expect(asked).toHaveLength(1)
  expect(await mailbox.pending(10)).toMatchObject([{ kind: 'system' }])
  expect(troubles.map(({ kind }) => kind)).toEqual(['delivery-ambiguous', 'answered'])
})

it('nothing else is settled by hand, and nothing else queued again', async () => {
  const { process } = await workbench()
  const { adapter } = platform({})
  const { take, until, deliveries } = await process({ adapters: [adapter] })
  await take(said(1))
  await until(() => deliveries.isQuiet)
  await expect(deliveries.settleAsked(id, 'failed')).rejects.toMatchObject({ code: 'bad-state' })
  await expect(deliveries.requeue(id)).rejects.toMatchObject({ code: 'bad-state' })
  await expect(deliveries.requeue('out-none')).rejects.toMatchObject({ code: 'not-found' })
})

it('what fails again at once is told of after its earlier failure is over', async () => {
  const { troubles, process } = await workbench()
  const { adapter } = platform({ answer: inTurn(gone, gone) })
  const { take, until, deliveries } = await process({
    adapters: [adapter],
    mailbox: (inner) => ({
      ...inner,
      deliveries: async (filter) => {
        // Long enough for another try.
        for (let turns = 0; turns < 100; turns += 1) await turnOfLoop()
        return inner.deliveries(filter)
      },
    }),
  })
  await take(said(1))
  await until(() => deliveries.isQuiet)
  await deliveries.requeue(id)
  await until(() => deliveries.isQuiet)
  expect(troubles.map(({ kind }) => kind)).toEqual([
    'delivery-failed',
    'answered',
    'over',
    'over',
    'delivery-failed',
  ])
})

it('a question that a crash left open is over when the session wakes, where it is answered', async () => {
  const { mailbox, troubles, process } = await workbench()
  const { adapter } = platform({ answer: inTurn(lost, lost) })
  const before = await process({ adapters: [adapter], settings: ask })
  await before.take(said(1), said(3))
  await before.until(() => before.deliveries.isQuiet)
  await mailbox.settle(id, { status: 'delivered' })
  await before.stop()
  troubles.length = 0
  await process({ adapters: [adapter], settings: ask, askedBefore: [id, said(3).id] })
  expect(troubles).toEqual([{ kind: 'answered', subject: id, message: '' }])
})

it('of two hands at once one is told that nobody is asked any more', async () => {
  const { mailbox, process } = await workbench()
  const { adapter } = platform({ answer: inTurn(lost) })
  const { take, until, deliveries } = await process({ adapters: [adapter], settings: ask })
  await take(said(1))
  await until(() => deliveries.isQuiet)
  const hands = await Promise.allSettled([
    deliveries.settleAsked(id, 'delivered'),
    deliveries.settleAsked(id, 'failed'),
  ])
  expect(hands).toMatchObject([
    { status: 'fulfilled' },
    { status: 'rejected', reason: { code: 'bad-state' } },
  ])
  expect(await mailbox.delivery(id)).toMatchObject({ status: 'delivered' })
})

it('what a person or a platform says later is durable, and what ends badly', async () => {
  const { process } = await workbench()
  const durable: [string, boolean | undefined][] = []
  const { adapter } = platform({ answer: inTurn(lost, gone) })
  const { take, until, deliveries } = await process({
    adapters: [adapter],
    settings: ask,
    mailbox: (inner) => ({
      ...inner,
      settle: (of, change, also) => {
        const { status, askedAt } = change
        if (typeof askedAt !== 'string') durable.push([`${of} ${status}`, also?.durable])
        return inner.settle(of, change, also)
      },
    }),
  })
  await take(said(1), said(3))
  await until(() => deliveries.isQuiet)
  await deliveries.settleAsked(id, 'delivered')
  const ends = durable.filter(([what]) => /delivered|failed/.test(what))
  expect(ends).toEqual([
    [`${said(3).id} failed`, true],
    [`${id} delivered`, true],
  ])
})
