import type { ChannelAdapter } from '@nanoclaw/adapters'
import { expect, it, vi } from 'vitest'
import { inTurn, lost, platform, refused, said, setClock, workbench } from './workbench.ts'

const row = said(1)
const { id } = row
const ask = { unknownOutcome: 'ask' } as const

/** An adapter as no type allows it. */
function odd(adapter: ChannelAdapter, changes: object): ChannelAdapter {
  return Object.assign(Object.create(adapter), changes)
}

it('a look-up that answers with nonsense knows nothing: a person is asked, after one look-up', async () => {
  const { mailbox, process } = await workbench()
  const far = platform({ answer: inTurn(lost), reconcile: async () => ({ outcome: 'unknown' }) })
  let lookUps = 0
  const reconcile = async (): Promise<unknown> => {
    lookUps += 1
    return { outcome: 'perhaps' }
  }
  const { take, until, deliveries } = await process({
    adapters: [odd(far.adapter, { reconcile })],
    settings: ask,
  })
  await take(row)
  await until(() => deliveries.isQuiet)
  expect(lookUps).toBe(1)
  expect((await mailbox.delivery(id))?.askedAt).not.toBeNull()
})

it('an answer to a send that is none leaves its outcome unknown', async () => {
  const { mailbox, process } = await workbench()
  const far = platform({})
  const deliver = async (): Promise<unknown> => ({ status: 'pending' })
  const { take, until, deliveries } = await process({
    adapters: [odd(far.adapter, { deliver })],
    settings: ask,
  })
  await take(row)
  await until(() => deliveries.isQuiet)
  const kept = await mailbox.delivery(id)
  expect(kept).toMatchObject({ status: 'ambiguous', ambiguousCount: 1 })
  expect(kept?.error).toContain('sent or queued, got pending')
})

it('an adapter that says nothing of its keys is not trusted with them, and holds up nothing', async () => {
  const { mailbox, process } = await workbench()
  const far = platform({ answer: inTurn(lost) })
  const capabilities = { ...far.adapter.capabilities, idempotency: undefined }
  const { take, until, deliveries } = await process({
    adapters: [odd(far.adapter, { capabilities })],
    settings: ask,
  })
  await take(row, said(3))
  await until(() => deliveries.isQuiet)
  expect(await mailbox.delivery(id)).toMatchObject({ status: 'ambiguous', ambiguousCount: 1 })
  expect(await mailbox.delivery(said(3).id)).toMatchObject({ status: 'delivered' })
})

it('the window is measured by a clock that nobody sets, too [L17]', async () => {
  const { process } = await workbench()
  const clock = setClock()
  const now = vi.spyOn(performance, 'now')
  const { adapter, asked, lookedUp } = platform({
    idempotency: { windowMs: 300_000 },
    answer: inTurn(lost, (_text, key) => key),
    reconcile: async () => {
      now.mockRestore()
      return { outcome: 'sent' }
    },
  })
  const settings = { retryBaseMs: 600_000 }
  const { take, until, deliveries } = await process({ adapters: [adapter], clock, settings })
  await take(row)
  await deliveries.flush(10_000)
  // An hour goes by, and somebody puts the calendar's clock back by as much.
  const base = performance.now()
  now.mockImplementation(() => base + 3_600_000)
  clock.offsetMs = 299_000
  deliveries.poke()
  clock.offsetMs = 200_000 + 69_500
  deliveries.poke()
  await until(() => deliveries.isQuiet)
  expect([asked.length, lookedUp]).toEqual([1, [`${id}/0`]])
})

it('a pause is shortened so that the next call is made while its key protects', async () => {
  const { mailbox, process } = await workbench()
  const { adapter } = platform({ idempotency: { windowMs: 300_000 }, answer: inTurn(lost) })
  const { take, deliveries } = await process({
    adapters: [adapter],
    settings: { retryBaseMs: 600_000 },
  })
  await take(row)
  await deliveries.flush(10_000)
  const { nextAttemptAt, lastSentAt } = (await mailbox.delivery(id)) ?? {}
  const pauseMs = Date.parse(nextAttemptAt ?? '') - Date.parse(lastSentAt ?? '')
  expect(pauseMs).toBeGreaterThan(250_000)
  expect(pauseMs).toBeLessThan(270_000)
})

it('a channel that is lost while what is in doubt is sent again leaves it in doubt', async () => {
  const { mailbox, process } = await workbench()
  const far = platform({
    idempotency: { windowMs: 300_000 },
    answer: inTurn(lost, (text, key) => {
      far.setDown('away')
      return refused(text, key)
    }),
  })
  const { take, until, deliveries } = await process({ adapters: [far.adapter] })
  await take(row)
  await until(() => far.asked.length === 2)
  await deliveries.flush(10_000)
  expect(await mailbox.delivery(id)).toMatchObject({ status: 'ambiguous', ambiguousCount: 1 })
})
