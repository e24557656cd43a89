import { createFaultPlan } from '@nanoclaw/core/testing'
import { expect, it } from 'vitest'
import { rowsInSession } from './support/session-files.ts'
import { useTestHosts } from './support/test-host.ts'

const { start } = useTestHosts()

const statuses = 'SELECT status FROM delivered ORDER BY seq'
const queued = { queued: true } as const

it('a rejection that comes at once after a crash in mid-send makes a failure of it', async () => {
  const faults = createFaultPlan()
  faults.crashAt('mailbox.settle', 1, 'before')
  const before = await start({ memory: queued, faults })
  const shown = before.memory.waitForDelivery(1)
  await before.memory.receive({ chatId: 'room', text: 'hello' })
  await shown
  await expect.poll(() => faults.waiting).toBe(0)
  const key = before.memory.delivered[0]?.key ?? ''
  await before.stop().catch(() => undefined)
  const after = await start({ adapter: before.memory.crash() })
  await after.memory.settle(key, { status: 'failed', reason: 'the carrier refused it' })
  await after.host.whenQuiet(after.chat.id)
  expect(await rowsInSession(after, 'inbound', statuses)).toEqual([{ status: 'failed' }])
  const open = await after.core.incidents.list({ open: true })
  expect(open.map(({ kind }) => kind)).toEqual(['delivery-failed'])
})

it('what a receipt lets go on in a session that slept is gone on with after a crash', async () => {
  const capabilities = { idempotency: 'none', textLength: 10 } as const
  const host = await start({
    memory: { queued: true, capabilities: { ...capabilities, deliveryReceipts: true } },
    settings: { unknownOutcome: 'ask', idleMs: 0 },
  })
  host.memory.failNext('take-then-throw')
  await host.memory.receive({ chatId: 'room', text: 'aaaa bbbb cccc' })
  await host.host.whenQuiet(host.chat.id)
  await expect.poll(() => host.host.status().awakeSessions, { timeout: 20_000 }).toBe(0)
  host.memory.failNext('take-then-timeout')
  const shown = host.memory.waitForDelivery(2)
  await host.memory.settle(host.memory.delivered[0]?.key ?? '', { status: 'delivered' })
  await shown
  const [session] = await host.core.sessions.forChat(host.chat.id)
  expect(session?.nextDueAt).toBe('1970-01-01T00:00:00.000Z')
})
