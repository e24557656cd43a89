import { createFaultPlan } from '@nanoclaw/core/testing'
import { describe, expect, it } from 'vitest'
import { rowsInSession } from './support/session-files.ts'
import { useTestHosts, type TestHost } from './support/test-host.ts'

const { start } = useTestHosts()

const ledger =
  'SELECT message_out_id AS id, status, ambiguous_count, asked_at FROM delivered ORDER BY seq'
const notices = `SELECT content FROM messages_in WHERE kind = 'system' ORDER BY seq`
const none = { capabilities: { idempotency: 'none' } } as const
const ask = { unknownOutcome: 'ask', retryBaseMs: 5 } as const

/** Says one thing to the agent, whose answer the platform takes without a word. */
async function loseAnAnswer(host: TestHost): Promise<string> {
  host.memory.failNext('take-then-throw')
  await host.memory.receive({ chatId: 'room', text: 'hello' })
  await host.host.whenQuiet(host.chat.id)
  const [row] = await rowsInSession(host, 'inbound', ledger)
  return String(row?.id)
}

async function openKinds({ core }: TestHost): Promise<readonly string[]> {
  const open = await core.incidents.list({ open: true })
  return open.map(({ kind }) => kind)
}

describe('a host that dies between send and record', () => {
  it('sends again under the same key: one message stands in the chat, and it is counted [L5]', async () => {
    const faults = createFaultPlan()
    faults.crashAt('mailbox.settle', 1, 'before')
    const before = await start({ faults })
    const shown = before.memory.waitForDelivery(1)
    await before.memory.receive({ chatId: 'room', text: 'hello' })
    await shown
    await expect.poll(() => faults.waiting).toBe(0)
    await before.stop().catch(() => undefined)
    const after = await start({ adapter: before.memory.crash() })
    await after.host.whenQuiet(after.chat.id)
    expect(after.memory.delivered.map(({ text }) => text)).toEqual(['echo: hello'])
    expect(await rowsInSession(after, 'inbound', ledger)).toMatchObject([
      { status: 'delivered', ambiguous_count: 1 },
    ])
  })

  it('goes on with the part that was under way, each under its key [L16]', async () => {
    const memory = { capabilities: { textLength: 10 } }
    const faults = createFaultPlan()
    // Parts; 0 delivered and 1 sending; 1 delivered and 2 sending.
    faults.crashAt('mailbox.settleParts', 3, 'before')
    const before = await start({ memory, faults })
    await before.memory.receive({ chatId: 'room', text: 'aaaa bbbb cccc dddd eeee' })
    await before.memory.waitForDelivery(2)
    await expect.poll(() => faults.waiting).toBe(0)
    await before.stop().catch(() => undefined)
    const after = await start({ adapter: before.memory.crash() })
    await after.host.whenQuiet(after.chat.id)
    const texts = after.memory.delivered.map(({ text }) => text)
    expect(texts.join(' ')).toBe('echo: aaaa bbbb cccc dddd eeee')
    const parts = 'SELECT part, status, ambiguous_count FROM delivered_parts ORDER BY part'
    expect(await rowsInSession(after, 'inbound', parts)).toEqual(
      texts.map((_text, part) => ({
        part,
        status: 'delivered',
        ambiguous_count: Number(part === 1),
      })),
    )
  })
})

describe('with the policy ask', () => {
  it('a person is asked once, whatever restarts, and nothing is sent again meanwhile', async () => {
    const before = await start({ memory: none, settings: ask })
    const id = await loseAnAnswer(before)
    const open = await before.core.incidents.list({ open: true })
    expect(open).toMatchObject([{ kind: 'delivery-ambiguous', subject: id, occurrences: 1 }])
    expect(open[0]?.message).toContain(`nanoclaw deliveries --settle ${id} delivered|failed`)
    expect(open[0]?.message).toContain(`nanoclaw requeue ${id}`)
    await before.memory.receive({ chatId: 'room', text: 'and on' })
    await before.host.whenQuiet(before.chat.id)
    await before.stop()
    const after = await start({ adapter: before.memory, settings: ask })
    await after.memory.receive({ chatId: 'room', text: 'still' })
    await after.host.whenQuiet(after.chat.id)
    expect(after.memory.delivered.map(({ text }) => text)).toEqual([
      'echo: hello',
      'echo: and on',
      'echo: still',
    ])
    expect(await after.core.incidents.list({ open: true })).toMatchObject([{ occurrences: 1 }])
  })

  it('his answer settles it, and the incident with it', async () => {
    const host = await start({ memory: none, settings: ask })
    const id = await loseAnAnswer(host)
    expect(await host.host.settle(id, 'delivered')).toMatchObject({ status: 'delivered' })
    expect(await openKinds(host)).toEqual([])
    expect(host.memory.delivered).toHaveLength(1)
    await expect(host.host.settle(id, 'failed')).rejects.toMatchObject({ code: 'bad-state' })
  })

  it('an answer that it did not arrive is told to the agent', async () => {
    const host = await start({ memory: none, settings: ask })
    const id = await loseAnAnswer(host)
    expect(await host.host.settle(id, 'failed')).toMatchObject({ status: 'failed' })
    const [notice] = await rowsInSession(host, 'inbound', notices)
    expect(JSON.parse(String(notice?.content))).toMatchObject({ type: 'delivery_failed' })
    expect(await openKinds(host)).toEqual([])
  })

  it('what he has sent again is sent once more, and marked', async () => {
    const host = await start({ memory: none, settings: ask })
    const id = await loseAnAnswer(host)
    expect(await host.host.requeue(id)).toMatchObject({ direction: 'out' })
    await host.host.whenQuiet(host.chat.id)
    expect(host.memory.delivered).toHaveLength(2)
    expect(await rowsInSession(host, 'inbound', ledger)).toMatchObject([
      { status: 'delivered', ambiguous_count: 1, asked_at: null },
    ])
    expect(await openKinds(host)).toEqual([])
  })

  it('only the channel whose policy it is asks', async () => {
    const deliveryPolicy = ({ channelType }: { channelType: string }) =>
      channelType === 'memory' ? ask : undefined
    const host = await start({ memory: none, deliveryPolicy })
    await loseAnAnswer(host)
    expect(await openKinds(host)).toEqual(['delivery-ambiguous'])
  })
})

describe('what a platform reports late', () => {
  it('makes a failure of what was delivered, in a session that sleeps and a host that is new', async () => {
    const memory = { queued: true }
    const before = await start({ memory })
    await before.memory.receive({ chatId: 'room', text: 'hello' })
    await before.host.whenQuiet(before.chat.id)
    const key = before.memory.delivered[0]?.key ?? ''
    await before.stop()
    const after = await start({ adapter: before.memory })
    await after.memory.settle(key, { status: 'failed', reason: 'the carrier refused it' })
    expect(await rowsInSession(after, 'inbound', ledger)).toMatchObject([{ status: 'failed' }])
    const [notice] = await rowsInSession(after, 'inbound', notices)
    expect(JSON.parse(String(notice?.content))).toMatchObject({ reason: 'the carrier refused it' })
    expect(await openKinds(after)).toEqual(['delivery-failed'])
  })

  it('settles what a person is asked about', async () => {
    const memory = {
      queued: true,
      ...none,
      capabilities: { ...none.capabilities, deliveryReceipts: true },
    }
    const host = await start({ memory, settings: ask })
    await loseAnAnswer(host)
    const key = host.memory.delivered[0]?.key ?? ''
    await host.memory.settle(key, { status: 'delivered' })
    expect(await rowsInSession(host, 'inbound', ledger)).toMatchObject([{ status: 'delivered' }])
    expect(await openKinds(host)).toEqual([])
  })

  it('of a send that nobody knows, is logged', async () => {
    const host = await start()
    await host.memory.settle('no such key', { status: 'failed', reason: 'lost' })
    expect(host.log.filter(({ level }) => level === 'warn').map(({ message }) => message)).toEqual([
      'a platform reports on a send nobody knows',
    ])
  })
})
