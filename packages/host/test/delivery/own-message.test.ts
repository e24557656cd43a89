import { TerminalDeliveryError } from '@nanoclaw/adapters'
import type { Delivery, Mailbox } from '@nanoclaw/core'
import { expect, it } from 'vitest'
import { inTurn, platform, room, said, workbench } from './workbench.ts'

const origin = { ...room, threadId: null }
const nobody = (): Promise<{ allowed: false; reason: string }> =>
  Promise.resolve({ allowed: false, reason: 'not in the address book' })

async function tell(mailbox: Mailbox): Promise<readonly Delivery[]> {
  return mailbox.tellUnanswered([origin], 'Nobody can answer.')
}

it('what the host says itself is asked for in no address book, and is said by the host', async () => {
  const { mailbox, process } = await workbench()
  const { adapter, asked } = platform({})
  const { until, deliveries } = await process({ adapters: [adapter], authorize: nobody })
  deliveries.accept(await tell(mailbox))
  await until(() => deliveries.isQuiet)
  expect(asked).toMatchObject([{ text: 'Nobody can answer.', author: 'nanoclaw' }])
})

it('what the host says and cannot deliver is told to the operator alone', async () => {
  const { mailbox, troubles, process } = await workbench()
  const gone = () => Promise.reject(new TerminalDeliveryError('the chat is gone'))
  const { adapter } = platform({ answer: inTurn(gone) })
  const { until, deliveries } = await process({ adapters: [adapter] })
  deliveries.accept(await tell(mailbox))
  await until(() => deliveries.isQuiet)
  expect(await mailbox.pending(10)).toEqual([])
  expect(troubles).toMatchObject([{ kind: 'delivery-failed' }])
  expect(troubles[0]?.message).toContain("the host's own message")
})

it('no row of a container passes as the host’s', async () => {
  const { mailbox, process } = await workbench()
  const { adapter, asked } = platform({})
  const { deliveries } = await process({ adapters: [adapter] })
  const { rows } = await deliveries.plan([said(2)])
  expect(rows).toMatchObject([{ status: 'refused' }])
  expect(asked).toEqual([])
  expect(await mailbox.delivery(said(2).id)).toBeUndefined()
})

it('a container’s row goes out although the host’s own had a larger number', async () => {
  const { mailbox, process } = await workbench()
  const { adapter, asked } = platform({})
  const { take, until, deliveries } = await process({ adapters: [adapter] })
  const own = await tell(mailbox)
  deliveries.accept(own)
  await until(() => deliveries.isQuiet)
  expect(own[0]?.seq).toBe(2)
  await take(said(1))
  await until(() => deliveries.isQuiet)
  expect(asked.map(({ text }) => text)).toEqual(['Nobody can answer.', 'text 1'])
})
