import { TerminalDeliveryError } from '@nanoclaw/adapters'
import type { Mailbox, PartChange } from '@nanoclaw/core'
import { NanoclawError } from '@nanoclaw/schema'
import { expect, it } from 'vitest'
import { inTurn, lost, platform, refused, said, setClock, taken, workbench } from './workbench.ts'

const long = said(1, { content: JSON.stringify({ text: 'aaaa bbbb cccc' }) })
const { id } = long
const ask = { unknownOutcome: 'ask' } as const
const rejected = { status: 'failed', reason: 'the carrier refused it' } as const
const hourMs = 3_600_000
const slow = { retryBaseMs: 600_000 }

/** A ledger of which the process dies with a change that is not made any more. */
function dying(status: string): (mailbox: Mailbox) => Mailbox {
  const dead = new NanoclawError('closed', 'the process died')
  return (inner) => ({
    ...inner,
    settle: (of, change, also) =>
      change.status === status ? Promise.reject(dead) : inner.settle(of, change, also),
  })
}

/** What a process leaves that has announced a first part, and then done this. */
async function begun(mailbox: Mailbox, ...changes: readonly PartChange[]): Promise<void> {
  const parts = ['aaaa', 'bbbb', 'cccc'].map((text, part) => {
    const content = JSON.stringify({ type: 'text', text })
    return { part, status: 'queued', content } as const
  })
  await mailbox.take([{ row: long, status: 'queued' }])
  await mailbox.settleParts(id, parts)
  await mailbox.settle(id, { status: 'sending' }, { parts: [{ part: 0, status: 'sending' }] })
  await mailbox.settleParts(id, changes)
}

it('a process that dies at a late rejection leaves all as it was: the rest and later rows go out', async () => {
  const { mailbox, process } = await workbench()
  const far = platform({ queued: true, textLength: 5, answer: inTurn(taken, refused) })
  const before = await process({
    adapters: [far.adapter],
    settings: slow,
    mailbox: dying('failed'),
  })
  await before.take(long)
  await before.deliveries.flush(10_000)
  const report = before.deliveries.report({ messageOutId: id, part: 0 }, rejected)
  await expect(report).rejects.toMatchObject({ code: 'closed' })
  await before.stop()
  expect((await mailbox.parts(id)).map(({ status }) => status)).toEqual([
    ...['delivered', 'retrying', 'queued'],
  ])
  await mailbox.settle(id, { status: 'retrying', nextAttemptAt: null })
  const next = platform({ textLength: 5 })
  const { take, until, deliveries } = await process({ adapters: [next.adapter] })
  await take(said(3, { content: JSON.stringify({ text: 'dddd' }) }))
  await until(() => deliveries.isQuiet)
  expect(next.asked.map(({ text }) => text)).toEqual(['bbbb', 'cccc', 'dddd'])
})

it('a process that dies before an outcome is kept has not announced what follows: nobody is asked about that', async () => {
  const { mailbox, process, troubles } = await workbench()
  const first = platform({})
  const before = await process({ adapters: [first.adapter], mailbox: dying('delivered') })
  await before.take(said(1), said(3))
  await before.deliveries.flush(10_000)
  await before.stop()
  expect(await mailbox.delivery(said(3).id)).toMatchObject({ status: 'queued' })
  const next = platform({})
  const { until, deliveries } = await process({ adapters: [next.adapter], settings: ask })
  await until(() => deliveries.isQuiet)
  expect(next.asked.map(({ text }) => text)).toEqual(['text 3'])
  const asked = troubles.filter(({ kind }) => kind === 'delivery-ambiguous')
  expect(asked.map(({ subject }) => subject)).toEqual([said(1).id])
})

it('a delivery that the ledger does not let change holds up no other', async () => {
  const { process } = await workbench()
  const { adapter, asked } = platform({})
  const misfit = new NanoclawError('bad-state', 'not as things stand')
  const { take, until, deliveries, troublesome } = await withMisfit()
  await take(said(1), said(3))
  await until(() => deliveries.isQuiet)
  expect(asked.map(({ text }) => text)).toEqual(['text 3'])
  expect(troublesome).toHaveLength(2)

  async function withMisfit() {
    const refusals: string[] = []
    const started = await process({
      adapters: [adapter],
      mailbox: (inner) => ({
        ...inner,
        take: (rows, also) =>
          inner.take(
            rows.map(({ row }) => ({ row, status: 'queued' as const })),
            also,
          ),
        settle: (of, change, also) => {
          if (of !== said(1).id) return inner.settle(of, change, also)
          refusals.push(of)
          return Promise.reject(misfit)
        },
      }),
    })
    return { ...started, troublesome: refusals }
  }
})

it('a part in doubt stays so when an earlier one is rejected, and is decided after a requeue', async () => {
  const { mailbox, process } = await workbench()
  await begun(mailbox, { part: 0, status: 'delivered' }, { part: 1, status: 'sending' })
  const far = platform({ textLength: 5, reconcile: async () => ({ outcome: 'sent' }) })
  far.setDown('away')
  const { until, deliveries } = await process({ adapters: [far.adapter], settings: ask })
  await deliveries.flush(10_000)
  await deliveries.report({ messageOutId: id, part: 0 }, rejected)
  const row = await mailbox.delivery(id)
  expect(row).toMatchObject({ status: 'failed', ambiguousCount: 1 })
  expect(row?.error).toContain('an earlier try may have arrived')
  expect(await mailbox.parts(id)).toMatchObject([
    { status: 'failed' },
    { status: 'ambiguous', ambiguousCount: 1 },
    { status: 'queued' },
  ])
  far.setDown(undefined)
  await deliveries.requeue(id)
  await until(() => deliveries.isQuiet)
  expect(far.lookedUp).toEqual([`${id}/1`])
  expect(far.asked.map(({ text }) => text)).toEqual(['aaaa', 'cccc'])
})

it('a part that was announced again is looked up past the window, whoever died', async () => {
  const { mailbox, process } = await workbench()
  const idempotency = { windowMs: 300_000 }
  const first = platform({ textLength: 5, idempotency, answer: inTurn(lost) })
  const before = await process({ adapters: [first.adapter], settings: { ...ask, ...slow } })
  await before.take(long)
  await before.deliveries.flush(10_000)
  await before.stop()
  expect(await mailbox.delivery(id)).toMatchObject({ status: 'ambiguous' })
  await mailbox.settle(id, { status: 'sending' }, { parts: [{ part: 0, status: 'sending' }] })
  const clock = setClock()
  clock.offsetMs = hourMs
  const reconcile = async () => ({ outcome: 'sent' }) as const
  const { adapter, asked, lookedUp } = platform({ textLength: 5, idempotency, reconcile })
  const { until, deliveries } = await process({ adapters: [adapter], settings: ask, clock })
  await until(() => deliveries.isQuiet)
  expect(lookedUp).toEqual([`${id}/0`])
  expect(asked.map(({ text }) => text)).toEqual(['bbbb', 'cccc'])
})

it('what a person says of a part is kept with what follows from it, or can be said again', async () => {
  const { mailbox, process } = await workbench()
  const far = platform({ textLength: 5, answer: inTurn(lost) })
  const before = await process({ adapters: [far.adapter], settings: ask })
  await before.take(long)
  await before.until(() => before.deliveries.isQuiet)
  await before.stop()
  const dead = await process({
    adapters: [far.adapter],
    settings: ask,
    mailbox: dying('ambiguous'),
  })
  await expect(dead.deliveries.settleAsked(id, 'delivered')).rejects.toMatchObject({
    code: 'closed',
  })
  await dead.stop()
  const { until, deliveries } = await process({ adapters: [far.adapter], settings: ask })
  await deliveries.settleAsked(id, 'delivered')
  await until(() => deliveries.isQuiet)
  expect(far.asked.map(({ text }) => text)).toEqual(['aaaa', 'bbbb', 'cccc'])
  expect(await mailbox.delivery(id)).toMatchObject({ status: 'delivered', ambiguousCount: 1 })
})

it('the address book is asked before each part', async () => {
  const { mailbox, process } = await workbench()
  let allowed = true
  const { adapter, asked } = platform({
    textLength: 5,
    answer: () => {
      allowed = false
      return 'id'
    },
  })
  const { take, until, deliveries } = await process({
    adapters: [adapter],
    authorize: async () => (allowed ? { allowed } : { allowed, reason: 'it was revoked' }),
  })
  await take(long)
  await until(() => deliveries.isQuiet)
  expect(asked).toHaveLength(1)
  expect(await mailbox.delivery(id)).toMatchObject({ status: 'refused', error: 'it was revoked' })
})

it('a key is never used for another content: what was sent whole is sent whole again', async () => {
  const { process } = await workbench()
  const gone = () => Promise.reject(new TerminalDeliveryError('gone'))
  const first = platform({ textLength: 100, answer: gone })
  const before = await process({ adapters: [first.adapter] })
  await before.take(long)
  await before.until(() => before.deliveries.isQuiet)
  await before.stop()
  const next = platform({ textLength: 5 })
  const { until, deliveries } = await process({ adapters: [next.adapter] })
  await deliveries.requeue(id)
  await until(() => deliveries.isQuiet)
  expect(next.asked).toMatchObject([{ text: 'aaaa bbbb cccc', key: `${id}/0` }])
})
