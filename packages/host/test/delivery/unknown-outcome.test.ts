import { RetryableDeliveryError, TerminalDeliveryError } from '@nanoclaw/adapters'
import { NanoclawError, timestamp } from '@nanoclaw/schema'
import { expect, it } from 'vitest'
import { inTurn, lost, platform, said, setClock, workbench } from './workbench.ts'

const { id } = said(1)
const hourMs = 3_600_000
const idempotency = { windowMs: 300_000 }
const ask = { unknownOutcome: 'ask' } as const

it('inside the window the same key goes again, without a look-up, and is counted [L5]', async () => {
  const { mailbox, process } = await workbench()
  const { adapter, asked, lookedUp } = platform({
    idempotency,
    answer: inTurn(lost, lost),
    reconcile: () => Promise.resolve({ outcome: 'unknown' }),
  })
  const { take, until, deliveries } = await process({ adapters: [adapter], settings: ask })
  await take(said(1))
  await until(() => deliveries.isQuiet)
  expect(asked.map(({ key }) => key)).toEqual([`${id}/0`, `${id}/0`, `${id}/0`])
  expect(lookedUp).toEqual([])
  expect(await mailbox.delivery(id)).toMatchObject({ status: 'delivered', ambiguousCount: 2 })
})

it('past the window the key is trusted no more: the send is looked up [L17]', async () => {
  const { mailbox, process } = await workbench()
  await mailbox.take([{ row: said(1), status: 'sending' }])
  const clock = setClock()
  clock.offsetMs = hourMs
  const { adapter, asked, lookedUp } = platform({
    idempotency,
    reconcile: () => Promise.resolve({ outcome: 'sent', platformMessageId: 'found' }),
  })
  const { until, deliveries } = await process({ adapters: [adapter], clock })
  await until(() => deliveries.isQuiet)
  expect([asked, lookedUp]).toEqual([[], [`${id}/0`]])
  expect(await mailbox.delivery(id)).toMatchObject({
    status: 'delivered',
    ambiguousCount: 1,
    platformMessageId: 'found',
  })
})

it('a clock that was put back proves no window: a person is asked [L17]', async () => {
  const { mailbox, troubles, process } = await workbench()
  await mailbox.take([{ row: said(1), status: 'sending' }])
  const clock = setClock()
  clock.offsetMs = -hourMs
  const { adapter, asked } = platform({ idempotency })
  const { until, deliveries } = await process({ adapters: [adapter], settings: ask, clock })
  await until(() => deliveries.isQuiet)
  expect(asked).toEqual([])
  expect(troubles.map(({ kind }) => kind)).toEqual(['delivery-ambiguous'])
})

it('a refusal after an unknown outcome settles nothing: past the window it is looked up [L17]', async () => {
  const { mailbox, process } = await workbench()
  const clock = setClock()
  const { adapter, asked, lookedUp } = platform({
    idempotency,
    answer: inTurn(lost, () => {
      clock.offsetMs = hourMs
      return Promise.reject(new RetryableDeliveryError('too many', { retryAfterMs: 5 }))
    }),
    reconcile: () => Promise.resolve({ outcome: 'sent' }),
  })
  const { take, until, deliveries } = await process({ adapters: [adapter], clock })
  await take(said(1))
  await until(() => deliveries.isQuiet)
  expect(asked).toHaveLength(2)
  expect(lookedUp).toEqual([`${id}/0`])
  expect(await mailbox.delivery(id)).toMatchObject({
    status: 'delivered',
    attempts: 2,
    ambiguousCount: 1,
  })
})

it('what is ambiguous and turns out not to be sent, is sent', async () => {
  const { mailbox, process } = await workbench()
  await mailbox.take([{ row: said(1), status: 'sending' }])
  await mailbox.settle(id, { status: 'ambiguous', ambiguousCount: 1 })
  const { adapter, asked } = platform({ reconcile: () => Promise.resolve({ outcome: 'not-sent' }) })
  const { until, deliveries } = await process({ adapters: [adapter], settings: ask })
  await until(() => deliveries.isQuiet)
  expect(asked).toHaveLength(1)
  expect(await mailbox.delivery(id)).toMatchObject({ status: 'delivered', ambiguousCount: 1 })
})

it('with the policy ask a person is asked once, by whichever process, and the queue goes on', async () => {
  const { mailbox, troubles, process } = await workbench()
  const { adapter, asked } = platform({ answer: inTurn(lost) })
  const before = await process({ adapters: [adapter], settings: ask })
  await before.take(said(1), said(3))
  await before.until(() => before.deliveries.isQuiet)
  await before.stop()
  const after = await process({ adapters: [adapter], settings: ask })
  await after.take(said(5))
  await after.until(() => after.deliveries.isQuiet)
  expect(asked.map(({ text }) => text)).toEqual(['text 1', 'text 3', 'text 5'])
  expect(troubles).toMatchObject([{ kind: 'delivery-ambiguous', subject: id }])
  expect(troubles[0]?.message).toContain('a message to ')
  const row = await mailbox.delivery(id)
  expect(row).toMatchObject({ status: 'ambiguous', ambiguousCount: 1, nextAttemptAt: null })
  expect(row?.askedAt).not.toBeNull()
})

it('a crash between asking and noting it asks under the same incident, and sends nothing', async () => {
  const { mailbox, troubles, process } = await workbench()
  await mailbox.take([{ row: said(1), status: 'sending' }])
  const { adapter, asked } = platform({})
  const dead = new NanoclawError('closed', 'the process died')
  const before = await process({
    adapters: [adapter],
    settings: ask,
    mailbox: (inner) => ({
      ...inner,
      settle: (of, change, also) =>
        typeof change.askedAt === 'string' ? Promise.reject(dead) : inner.settle(of, change, also),
    }),
  })
  await before.deliveries.flush(10_000)
  const after = await process({ adapters: [adapter], settings: ask, askedBefore: [id] })
  await after.until(() => after.deliveries.isQuiet)
  expect(asked).toEqual([])
  expect(troubles.map(({ kind }) => kind)).not.toContain('answered')
  const questions = troubles.filter(({ kind }) => kind === 'delivery-ambiguous')
  expect(questions.map(({ subject }) => subject)).toEqual([id, id])
  expect(await mailbox.delivery(id)).toMatchObject({ status: 'ambiguous', ambiguousCount: 1 })
})

it('with the policy ask nothing of unknown outcome is given up: a person is asked', async () => {
  const { mailbox, process } = await workbench()
  const { adapter, asked } = platform({ idempotency, answer: lost })
  const settings = { ...ask, maxAttempts: 3 }
  const { take, until, deliveries } = await process({ adapters: [adapter], settings })
  await take(said(1))
  await until(() => deliveries.isQuiet)
  // Inside the window the last try is repeated, too.
  expect(asked).toHaveLength(4)
  const row = await mailbox.delivery(id)
  expect(row).toMatchObject({ status: 'ambiguous', ambiguousCount: 4 })
  expect(row?.askedAt).not.toBeNull()
})

it('with the policy retry it is given up after the last try, and says what is not known', async () => {
  const { mailbox, troubles, process } = await workbench()
  const { adapter, asked } = platform({ answer: lost })
  const settings = { maxAttempts: 3 }
  const { take, until, deliveries } = await process({ adapters: [adapter], settings })
  await take(said(1))
  await until(() => deliveries.isQuiet)
  expect(asked).toHaveLength(3)
  const row = await mailbox.delivery(id)
  expect(row).toMatchObject({ status: 'failed', ambiguousCount: 3 })
  expect(row?.error).toContain('given up after 3 tries')
  expect(troubles.map(({ kind }) => kind)).toEqual(['delivery-failed'])
})

it('an end after an unknown outcome says that an earlier try may have arrived', async () => {
  const { mailbox, process } = await workbench()
  const gone = () => Promise.reject(new TerminalDeliveryError('the chat is gone'))
  const { adapter } = platform({ idempotency, answer: inTurn(lost, gone) })
  const { take, until, deliveries } = await process({ adapters: [adapter] })
  await take(said(1))
  await until(() => deliveries.isQuiet)
  expect(await mailbox.delivery(id)).toMatchObject({
    status: 'failed',
    error: 'the chat is gone; an earlier try may have arrived',
  })
})

it('what may have arrived fails, and is not refused, when its destination is revoked', async () => {
  const { mailbox, process } = await workbench()
  await mailbox.take([{ row: said(1), status: 'sending' }])
  const { adapter, asked } = platform({ idempotency })
  const { until, deliveries } = await process({
    adapters: [adapter],
    authorize: () => Promise.resolve({ allowed: false, reason: 'it was revoked' }),
  })
  await until(() => deliveries.isQuiet)
  expect(asked).toEqual([])
  expect(await mailbox.delivery(id)).toMatchObject({
    status: 'failed',
    error: 'it was revoked; an earlier try may have arrived',
  })
})

it('what was sending stays so while the channel is down, and is looked up when it is back', async () => {
  const { mailbox, process } = await workbench()
  await mailbox.take([{ row: said(1), status: 'sending' }])
  const far = platform({ reconcile: () => Promise.resolve({ outcome: 'sent' }) })
  far.setDown('the line is cut')
  const { until, deliveries } = await process({ adapters: [far.adapter] })
  await deliveries.flush(10_000)
  expect(await mailbox.delivery(id)).toMatchObject({ status: 'sending', ambiguousCount: 0 })
  expect(far.lookedUp).toEqual([])
  far.setDown(undefined)
  deliveries.poke()
  await until(() => deliveries.isQuiet)
  expect([far.asked, far.lookedUp]).toEqual([[], [`${id}/0`]])
  expect(await mailbox.delivery(id)).toMatchObject({ status: 'delivered', ambiguousCount: 1 })
})

it('a pause that a clock put back has made a day long is not waited for', async () => {
  const { mailbox, process } = await workbench()
  await mailbox.take([{ row: said(1), status: 'queued' }])
  const nextAttemptAt = timestamp({ now: () => Date.now() }, 24 * hourMs)
  await mailbox.settle(id, { status: 'retrying', attempts: 1, nextAttemptAt })
  const { adapter, asked } = platform({})
  const { until, deliveries } = await process({ adapters: [adapter] })
  await until(() => deliveries.isQuiet)
  expect(asked).toHaveLength(1)
})
