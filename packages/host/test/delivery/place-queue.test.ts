import { setImmediate as turnOfLoop } from 'node:timers/promises'
import { NanoclawError, systemClock, timestamp } from '@nanoclaw/schema'
import { describe, expect, it } from 'vitest'
import { platform, room, said, workbench } from './workbench.ts'

const far = '2999-01-01T00:00:00.000Z'
const numbers = Array.from({ length: 130 }, (_, index) => 2 * index + 1)

describe('over a mailbox that is not answered at once', () => {
  it('rows that come while older ones are loaded go out once each, in order', async () => {
    const { mailbox, process } = await workbench()
    const [old, fresh] = [numbers.slice(0, 60), numbers.slice(60)]
    await mailbox.take(old.map((seq) => ({ row: said(seq), status: 'queued' })))
    const { adapter, asked } = platform({
      answer: async () => {
        await turnOfLoop()
        return 'id'
      },
    })
    const { take, until, deliveries } = await process({ adapters: [adapter], isDistant: true })
    for (const seq of fresh) await take(said(seq))
    await until(() => deliveries.isQuiet)
    expect(asked.map(({ text }) => text)).toEqual(numbers.map((seq) => `text ${seq}`))
    expect(await mailbox.unfinished(room, 1)).toEqual([])
  })

  it('a row that was loaded before its taker could say so is sent once', async () => {
    const { mailbox, troubles, process } = await workbench()
    await mailbox.take([{ row: said(1), status: 'queued' }])
    const { adapter, asked } = platform({})
    let sayTaken: (() => void) | undefined
    const { until, deliveries } = await process({
      adapters: [adapter],
      mailbox: (inner, accept) => ({
        ...inner,
        unfinished: async (...args) => {
          if (sayTaken === undefined) {
            const { deliveries: taken } = await inner.take([{ row: said(3), status: 'queued' }])
            sayTaken = () => accept(taken)
          }
          return inner.unfinished(...args)
        },
      }),
    })
    await until(() => deliveries.isQuiet)
    sayTaken?.()
    await deliveries.flush(10_000)
    expect(asked.map(({ text }) => text)).toEqual(['text 1', 'text 3'])
    expect(troubles).toEqual([])
  })

  it('a row that comes when the last ones have just been read is not forgotten', async () => {
    const { mailbox, troubles, process } = await workbench()
    await mailbox.take([{ row: said(1), status: 'queued' }])
    const { adapter, asked } = platform({})
    let hasCome = false
    const { until, deliveries } = await process({
      adapters: [adapter],
      mailbox: (inner, accept) => ({
        ...inner,
        unfinished: async (...args) => {
          const rows = await inner.unfinished(...args)
          if (!hasCome) {
            hasCome = true
            accept((await inner.take([{ row: said(3), status: 'queued' }])).deliveries)
          }
          return rows
        },
      }),
    })
    await until(() => deliveries.isQuiet)
    expect(asked.map(({ text }) => text)).toEqual(['text 1', 'text 3'])
    expect(troubles).toEqual([])
  })

  it('a row that was loaded when its time had come, and announced meanwhile, is just sent', async () => {
    const { mailbox, process } = await workbench()
    const { adapter, asked } = platform({})
    let isAnnounced = false
    const { take, until, deliveries } = await process({
      adapters: [adapter],
      mailbox: (inner) => ({
        ...inner,
        unfinished: async (...args) => {
          isAnnounced = true
          await inner.take([{ row: said(3), status: 'sending' }])
          return inner.unfinished(...args)
        },
      }),
    })
    await take(said(1, { deliverAfter: timestamp(systemClock, 50) }))
    await until(() => isAnnounced && deliveries.isQuiet)
    expect(asked.map(({ text }) => text)).toEqual(['text 1', 'text 3'])
    expect(await mailbox.delivery(said(3).id)).toMatchObject({
      status: 'delivered',
      ambiguousCount: 0,
    })
  })
})

describe('a row that is put off', () => {
  it('holds up no other, and keeps nothing from being quiet', async () => {
    const { mailbox, process } = await workbench()
    const { adapter, asked } = platform({})
    const { take, until, deliveries } = await process({ adapters: [adapter] })
    await take(said(1, { deliverAfter: far }), said(3))
    await take(said(5))
    await until(() => deliveries.isQuiet)
    expect(asked.map(({ text }) => text)).toEqual(['text 3', 'text 5'])
    expect(deliveries.nextAttemptAt).toBe(far)
    expect(await mailbox.delivery(said(1).id)).toMatchObject({ status: 'queued' })
  })

  it('goes out when its time has come', async () => {
    const { process } = await workbench()
    const { adapter, asked } = platform({})
    const { take, until, deliveries } = await process({ adapters: [adapter] })
    const soon = timestamp(systemClock, 100)
    await take(said(1, { deliverAfter: soon }), said(3), said(5, { deliverAfter: far }))
    await until(() => asked.length === 2 && deliveries.isQuiet)
    expect(asked.map(({ text }) => text)).toEqual(['text 3', 'text 1'])
    expect(timestamp(systemClock) >= soon).toBe(true)
    expect(deliveries.nextAttemptAt).toBe(far)
  })

  it('is known to the next process, however many stand before what is due', async () => {
    const { mailbox, process } = await workbench()
    await mailbox.take(
      numbers.map((seq) =>
        seq === 259
          ? { row: said(seq), status: 'queued' }
          : { row: said(seq), status: 'queued', nextAttemptAt: far },
      ),
    )
    const { adapter, asked } = platform({})
    const { until, deliveries } = await process({ adapters: [adapter] })
    await until(() => deliveries.isQuiet)
    expect(asked.map(({ text }) => text)).toEqual(['text 259'])
    expect(deliveries.nextAttemptAt).toBe(far)
  })
})

it('a ledger that is closed ends it: nothing is sent of which nothing could be kept', async () => {
  const { troubles, process } = await workbench()
  const { adapter, asked } = platform({})
  const closed = new NanoclawError('closed', 'this mailbox has been closed')
  const { take, deliveries } = await process({
    adapters: [adapter],
    mailbox: (inner) => ({ ...inner, settle: () => Promise.reject(closed) }),
  })
  await take(said(1), said(3))
  for (let turns = 0; turns < 3; turns += 1) {
    await deliveries.flush(1_000)
    deliveries.poke()
  }
  expect(asked.map(({ text }) => text)).toEqual(['text 1'])
  expect(troubles.map(({ kind }) => kind)).toEqual(['delivery-ledger'])
})

it('a channel without an adapter is told of at each look, and what waits for it is not quiet', async () => {
  const { mailbox, troubles, process } = await workbench()
  const { take, deliveries } = await process()
  await take(said(1), said(3))
  await deliveries.flush(10_000)
  deliveries.poke()
  await deliveries.flush(10_000)
  expect(troubles).toHaveLength(2)
  expect(troubles).toMatchObject(Array(2).fill({ kind: 'channel-missing', message: 'test' }))
  expect(deliveries.isQuiet).toBe(false)
  expect(await mailbox.delivery(said(1).id)).toMatchObject({ status: 'retrying', attempts: 0 })
})
