import { RetryableDeliveryError, TerminalDeliveryError } from '@nanoclaw/adapters'
import { describe, expect, it } from 'vitest'
import { rowsInSession } from './support/session-files.ts'
import { useTestHosts } from './support/test-host.ts'

const { start } = useTestHosts()

const notices = `SELECT content FROM messages_in WHERE kind = 'system' ORDER BY seq`
const ledger = `SELECT status, attempts, ambiguous_count, error FROM delivered ORDER BY seq`

describe('deliveries', () => {
  it('are tried again after an error that says nothing was sent, in order [L14]', async () => {
    const host = await start({ settings: { retryBaseMs: 20 } })
    host.memory.failNext(new RetryableDeliveryError('not now'))
    host.memory.failNext(new RetryableDeliveryError('not now either'))
    for (const text of ['one', 'two', 'three']) await host.memory.receive({ chatId: 'room', text })
    await host.host.whenQuiet(host.chat.id)
    expect(host.memory.delivered.map(({ text }) => text)).toEqual([
      'echo: one',
      'echo: two',
      'echo: three',
    ])
    const [first] = await rowsInSession(host, 'inbound', ledger)
    expect(first).toMatchObject({ status: 'delivered', attempts: 2, ambiguous_count: 0 })
  })

  it('that never will arrive are failed, and the agent and the operator are told', async () => {
    const host = await start()
    host.memory.failNext(new TerminalDeliveryError('the bot was removed'))
    await host.memory.receive({ chatId: 'room', text: 'hello' })
    await host.host.whenQuiet(host.chat.id)
    expect(await rowsInSession(host, 'inbound', ledger)).toMatchObject([{ status: 'failed' }])
    const [notice] = await rowsInSession(host, 'inbound', notices)
    expect(JSON.parse(String(notice?.content))).toMatchObject({
      type: 'delivery_failed',
      destination: 'room',
      reason: 'the bot was removed',
    })
    expect(await host.core.incidents.list({ open: true })).toMatchObject([
      { kind: 'delivery-failed' },
    ])
  })

  it('give up after the last try, and say so', async () => {
    const host = await start({ settings: { retryBaseMs: 1, maxAttempts: 3 } })
    for (let n = 0; n < 3; n += 1) host.memory.failNext(new RetryableDeliveryError('rate limit'))
    await host.memory.receive({ chatId: 'room', text: 'hello' })
    await host.host.whenQuiet(host.chat.id)
    const [row] = await rowsInSession(host, 'inbound', ledger)
    expect(row).toMatchObject({ status: 'failed' })
    expect(row?.error).toContain('3 tries: rate limit')
    expect(await rowsInSession(host, 'inbound', notices)).toHaveLength(1)
  })

  it('of unknown outcome are counted as ambiguous and sent again under the same key [L15]', async () => {
    const host = await start({
      memory: { capabilities: { idempotency: 'none' } },
      settings: { retryBaseMs: 10 },
    })
    host.memory.failNext('take-then-throw')
    await host.memory.receive({ chatId: 'room', text: 'hello' })
    await host.host.whenQuiet(host.chat.id)
    expect(host.memory.delivered.map(({ text }) => text)).toEqual(['echo: hello', 'echo: hello'])
    expect(new Set(host.memory.delivered.map(({ key }) => key)).size).toBe(1)
    const [row] = await rowsInSession(host, 'inbound', ledger)
    expect(row).toMatchObject({ status: 'delivered', ambiguous_count: 1 })
  })

  it('of unknown outcome have one effect inside the idempotency window [L5]', async () => {
    const host = await start({ settings: { retryBaseMs: 10 } })
    host.memory.failNext('take-then-throw')
    await host.memory.receive({ chatId: 'room', text: 'hello' })
    await host.host.whenQuiet(host.chat.id)
    expect(host.memory.delivered).toHaveLength(1)
  })

  it('are looked up where the platform can, and not sent again', async () => {
    const host = await start({
      memory: { reconcile: true, capabilities: { idempotency: 'none' } },
      settings: { retryBaseMs: 10 },
    })
    host.memory.failNext('take-then-throw')
    await host.memory.receive({ chatId: 'room', text: 'hello' })
    await host.host.whenQuiet(host.chat.id)
    expect(host.memory.delivered).toHaveLength(1)
    const [row] = await rowsInSession(host, 'inbound', ledger)
    expect(row).toMatchObject({ status: 'delivered', ambiguous_count: 1 })
  })

  it('time out as ambiguous, never as a plain retry', async () => {
    const host = await start({ settings: { deliveryTimeoutMs: 50, retryBaseMs: 10 } })
    host.memory.failNext('timeout')
    await host.memory.receive({ chatId: 'room', text: 'hello' })
    await host.host.whenQuiet(host.chat.id)
    const [row] = await rowsInSession(host, 'inbound', ledger)
    expect(row).toMatchObject({ status: 'delivered', ambiguous_count: 1, attempts: 1 })
  })

  it('wait for a channel that is down and go out when it is back, at no cost of tries', async () => {
    const host = await start()
    host.memory.setHealth('down', 'the line is cut')
    await host.memory.receive({ chatId: 'room', text: 'hello' })
    await expect
      .poll(() => rowsInSession(host, 'inbound', ledger).catch(() => []), { timeout: 10_000 })
      .toMatchObject([{ status: 'retrying', attempts: 0 }])
    host.memory.setHealth('connected')
    await host.host.whenQuiet(host.chat.id)
    expect(host.memory.delivered).toHaveLength(1)
  })

  it('that wait while their destination is revoked are refused, and the agent is told', async () => {
    const host = await start()
    host.memory.setHealth('down', 'the line is cut')
    await host.memory.receive({ chatId: 'room', text: 'hello' })
    await expect
      .poll(() => rowsInSession(host, 'inbound', ledger).catch(() => []), { timeout: 10_000 })
      .toMatchObject([{ status: 'retrying' }])
    await host.core.destinations.revoke(host.agent.id, 'room')
    host.memory.setHealth('connected')
    await host.host.whenQuiet(host.chat.id)
    expect(host.memory.delivered).toEqual([])
    expect(await rowsInSession(host, 'inbound', ledger)).toMatchObject([{ status: 'refused' }])
    const [notice] = await rowsInSession(host, 'inbound', notices)
    expect(JSON.parse(String(notice?.content))).toMatchObject({ type: 'delivery_refused' })
    expect(await host.core.incidents.list({ open: true })).toMatchObject([
      { kind: 'delivery-refused' },
    ])
  })

  it('to a place without a grant are refused by the host, whatever the container believes [L2]', async () => {
    const host = await start()
    const place = { channelType: 'memory', channelInstance: '', platformId: 'elsewhere' }
    const other = await host.core.chats.create({ ...place, name: 'elsewhere' })
    await host.core.destinations.grant({
      agentGroupId: host.agent.id,
      target: { type: 'channel', messagingGroupId: other.id },
    })
    await host.memory.receive({ chatId: 'room', text: '!sleep 300' })
    await host.memory.receive({
      chatId: 'room',
      text: '!say <message to="elsewhere">psst</message>',
    })
    await host.core.destinations.revoke(host.agent.id, 'elsewhere')
    await host.host.whenQuiet(host.chat.id)
    expect(host.memory.delivered.filter(({ origin }) => origin.chatId === 'elsewhere')).toEqual([])
  })

  it('to one place that is down hold up no other [L11]', async () => {
    const host = await start({ settings: { retryBaseMs: 60_000 } })
    const place = { channelType: 'memory', channelInstance: '', platformId: 'elsewhere' }
    const other = await host.core.chats.create({ ...place, name: 'elsewhere' })
    await host.core.destinations.grant({
      agentGroupId: host.agent.id,
      target: { type: 'channel', messagingGroupId: other.id },
    })
    host.memory.failNext(new RetryableDeliveryError('this chat is being migrated'))
    await host.memory.receive({ chatId: 'room', text: 'held' })
    await expect
      .poll(() => rowsInSession(host, 'inbound', ledger).catch(() => []), { timeout: 10_000 })
      .toMatchObject([{ status: 'retrying' }])
    await host.memory.receive({
      chatId: 'room',
      text: '!say <message to="elsewhere">goes on</message>',
    })
    const arrived = await host.memory.waitForDelivery(({ text }) => text === 'goes on')
    expect(arrived.origin.chatId).toBe('elsewhere')
    expect(host.memory.delivered).toHaveLength(1)
  })

  it('of a text that is too long go out in parts', async () => {
    const host = await start({ memory: { capabilities: { textLength: 10 } } })
    await host.memory.receive({ chatId: 'room', text: 'aaaa bbbb cccc' })
    await host.host.whenQuiet(host.chat.id)
    const texts = host.memory.delivered.map(({ text }) => text)
    expect(texts.length).toBeGreaterThan(1)
    expect(texts.join(' ')).toBe('echo: aaaa bbbb cccc')
    expect(new Set(host.memory.delivered.map(({ key }) => key)).size).toBe(texts.length)
  })

  it('of several parts, one with an unknown outcome, are looked up part by part', async () => {
    const host = await start({
      memory: { reconcile: true, capabilities: { idempotency: 'none', textLength: 10 } },
      settings: { retryBaseMs: 10 },
    })
    const first = host.memory.waitForDelivery(() => {
      host.memory.failNext('take-then-throw')
      return true
    })
    await host.memory.receive({ chatId: 'room', text: 'aaaa bbbb cccc' })
    await first
    await host.host.whenQuiet(host.chat.id)
    const texts = host.memory.delivered.map(({ text }) => text)
    expect(texts.join(' ')).toBe('echo: aaaa bbbb cccc')
    const [row] = await rowsInSession(host, 'inbound', ledger)
    expect(row).toMatchObject({ status: 'delivered', attempts: 1, ambiguous_count: 1 })
    const parts = await rowsInSession(host, 'inbound', 'SELECT part, status FROM delivered_parts')
    expect(parts).toEqual(texts.map((_text, part) => ({ part, status: 'delivered' })))
  })

  it('of several parts go on after a restart with the first that has not arrived', async () => {
    const memory = { capabilities: { idempotency: 'none', textLength: 10 } } as const
    const before = await start({ memory })
    const first = before.memory.waitForDelivery(() => {
      before.memory.setHealth('down', 'the line is cut')
      return true
    })
    await before.memory.receive({ chatId: 'room', text: 'aaaa bbbb cccc' })
    const sent = (await first).text
    await expect
      .poll(() => rowsInSession(before, 'inbound', ledger), { timeout: 10_000 })
      .toMatchObject([{ status: 'retrying' }])
    await before.stop()
    const after = await start({ memory })
    await after.host.whenQuiet(after.chat.id)
    const texts = [sent, ...after.memory.delivered.map(({ text }) => text)]
    expect(texts.join(' ')).toBe('echo: aaaa bbbb cccc')
    const [row] = await rowsInSession(after, 'inbound', ledger)
    expect(row).toMatchObject({ status: 'delivered', attempts: 0, ambiguous_count: 0 })
  })
})
