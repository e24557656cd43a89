import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { AdapterContext, ChannelHealth } from '@nanoclaw/adapters'
import { createMemoryAdapter } from '@nanoclaw/adapters/memory'
import type { Core } from '@nanoclaw/core'
import { createFaultPlan, createFaultyCore } from '@nanoclaw/core/testing'
import { createCommandSink, createWebhookSink } from '@nanoclaw/host'
import { describe, expect, it } from 'vitest'
import { useBareHosts } from './support/bare-host.ts'
import { startWebhook } from './support/webhook-server.ts'

const { core, home, hostOf, wired } = useBareHosts()

const nowhere = 'http://127.0.0.1:1/'
const owner = { place: { channelType: 'memory', chatId: 'owner' } }

async function untilResolved(of: Core, kind: string): Promise<void> {
  for (;;) {
    const open = await of.incidents.list({ open: true })
    if (!open.some((incident) => incident.kind === kind)) return
    await new Promise(setImmediate)
  }
}

async function untilTold(of: Core) {
  for (;;) {
    const open = await of.incidents.list({ open: true })
    if (open.length > 0 && open.every(({ toldAt }) => toldAt !== null)) return open
    await new Promise(setImmediate)
  }
}

describe('the operator', () => {
  it('hears by webhook, once, of a message that cannot be delivered, however often it recurs [L19]', async () => {
    const chatId = await wired()
    const webhook = await startWebhook()
    const memory = createMemoryAdapter()
    await using host = hostOf({
      adapters: [memory],
      operatorSinks: [createWebhookSink({ url: webhook.url })],
    })
    await host.start()
    memory.removeChat('room')
    for (const text of ['one', 'two', 'three']) {
      await memory.receive({ chatId: 'room', text })
      await host.whenQuiet(chatId)
    }
    const [incident] = await untilTold(core())
    expect(incident).toMatchObject({ kind: 'delivery-failed', occurrences: 3 })
    expect(webhook.posted).toMatchObject([
      { key: incident?.id, notice: { total: 1, incidents: [{ kind: 'delivery-failed' }] } },
    ])
  })

  it.each([
    ['is not there', undefined],
    ['answers 500', 500],
    ['sends elsewhere', 302],
  ])('hears in a chat when the webhook %s [L19]', async (_what, status) => {
    const webhook = await startWebhook()
    webhook.answer = (response) =>
      void response.writeHead(status ?? 204, { location: webhook.url }).end()
    const memory = createMemoryAdapter()
    const url = status === undefined ? nowhere : webhook.url
    await using host = hostOf({
      adapters: [memory],
      operatorSinks: [createWebhookSink({ url }), owner],
    })
    await host.start()
    await core().incidents.open({ kind: 'test', subject: 'it', message: 'it has happened' })
    const told = await memory.waitForDelivery(1)
    expect(told).toMatchObject({ origin: { chatId: 'owner' } })
    expect(told.text).toContain('it has happened')
    expect(await untilTold(core())).toMatchObject([{ toldThrough: 'chat owner of memory' }])
    expect(webhook.posted.length).toBe(status === undefined ? 0 : 1)
    expect(host.status().operator).toMatchObject({
      sinks: [{ failingSince: expect.any(String) }, { name: 'chat owner of memory' }],
    })
  })

  it('hears by a command when the chat’s channel is down and the webhook is gone [L19]', async () => {
    const memory = createMemoryAdapter()
    const file = join(home(), 'told')
    await using host = hostOf({
      adapters: [memory],
      operatorSinks: [
        owner,
        createWebhookSink({ url: nowhere }),
        createCommandSink({ command: ['/bin/sh', '-c', 'exit 7'] }),
        createCommandSink({ command: ['/bin/sh', '-c', 'cat > "$1"', 'sh', file] }),
      ],
    })
    await host.start()
    memory.setHealth('down', 'no network')
    await core().incidents.open({ kind: 'test', subject: 'it', message: 'it has happened' })
    await untilTold(core())
    expect(JSON.parse(await readFile(file, 'utf8'))).toMatchObject({
      version: 1,
      installId: core().installId,
      incidents: [{ message: 'it has happened' }],
    })
  })

  it('hears after a restart of what was open before, in the chat that is told first', async () => {
    await core().incidents.open({ kind: 'test', subject: 'it', message: 'from before' })
    const memory = createMemoryAdapter()
    const webhook = await startWebhook()
    await using host = hostOf({
      adapters: [memory],
      operatorSinks: [owner, createWebhookSink({ url: webhook.url })],
    })
    await host.start()
    expect((await memory.waitForDelivery(1)).text).toContain('from before')
    await untilTold(core())
    expect(webhook.posted).toEqual([])
  })

  it('hears twice under one key when the process dies between telling and noting it down', async () => {
    const webhook = await startWebhook()
    const operatorSinks = [createWebhookSink({ url: webhook.url })]
    await core().close()
    const faults = createFaultPlan()
    const dying = await createFaultyCore({ home: home(), faults })
    faults.crashAt('incidents.told', 1, 'before')
    const host = hostOf({ core: dying, operatorSinks })
    await host.start()
    const { incident } = await dying.incidents.open({ kind: 'test', subject: 'it', message: 'it' })
    await webhook.nth(1)
    while (faults.waiting > 0) await new Promise(setImmediate)
    await host.stop().catch(() => undefined)
    await dying.close()
    const next = await createFaultyCore({ home: home(), faults })
    const again = hostOf({ core: next, operatorSinks })
    await again.start()
    await webhook.nth(2)
    await untilTold(next)
    await again.stop()
    await next.close()
    expect(webhook.posted.map(({ key }) => key)).toEqual([incident.id, incident.id])
  })

  it('hears of many incidents in a few messages [L12]', async () => {
    for (let n = 0; n < 300; n += 1) {
      await core().incidents.open({ kind: 'test', subject: `room ${n}`, message: 'it' })
    }
    const memory = createMemoryAdapter()
    await using host = hostOf({ adapters: [memory], operatorSinks: [owner] })
    await host.start()
    await untilTold(core())
    expect(memory.delivered).toHaveLength(1)
    expect(memory.delivered[0]?.text).toContain('300 incidents')
  })
})

describe('a channel', () => {
  const times = { channelDownMs: 100, channelRestartMs: 100 }

  it('that is down is an incident until it is back, and the operator hears of it [S9]', async () => {
    const webhook = await startWebhook()
    const memory = createMemoryAdapter({ instance: 'work' })
    await using host = hostOf({
      adapters: [memory],
      settings: times,
      operatorSinks: [createWebhookSink({ url: webhook.url })],
    })
    await host.start()
    memory.setHealth('down', 'the token is refused')
    const { notice } = await webhook.nth(1)
    expect(notice.incidents).toMatchObject([{ kind: 'channel-down', subject: 'memory/work' }])
    expect(notice.text).toContain('the token is refused')
    memory.setHealth('connected')
    await untilResolved(core(), 'channel-down')
  })

  it('that is stuck is started again; what waits is sent once, what its old run hands over late is a duplicate [S9]', async () => {
    const chatId = await wired()
    const memory = createMemoryAdapter()
    const { start, stop, health } = memory
    const runs: AdapterContext[] = []
    let isStuck = false
    const adapter = Object.assign(memory, {
      start: (ctx: AdapterContext) => {
        runs.push(ctx)
        isStuck = false
        return start.call(memory, ctx)
      },
      stop: () => stop.call(memory),
      health: (): ChannelHealth =>
        isStuck
          ? { state: 'down', since: new Date().toISOString(), why: 'stuck' }
          : health.call(memory),
    })
    await using host = hostOf({ adapters: [adapter], settings: times })
    await host.start()
    await memory.receive({ chatId: 'room', text: 'first', platformMessageId: '1' })
    await host.whenQuiet(chatId)
    isStuck = true
    await memory.receive({ chatId: 'room', text: 'second', platformMessageId: '2' })
    await memory.waitForDelivery(2)
    expect(runs).toHaveLength(2)
    const late = { text: 'second', platformMessageId: '2', chatId: 'room' }
    await memory.receive(late)
    await host.whenQuiet(chatId)
    expect(memory.delivered.map(({ text }) => text)).toEqual(['echo: first', 'echo: second'])
    const [old] = runs
    expect(
      await old?.handOver({
        type: 'message',
        instance: '',
        chatId: 'room',
        threadId: null,
        chatKind: 'direct',
        addressed: 'direct',
        sender: { id: 'ann', name: 'Ann', isBot: false, isSelf: false },
        platformMessageId: '2',
        sentAt: new Date().toISOString(),
        text: 'second',
        attachments: [],
      }),
    ).toEqual({ outcome: 'duplicate' })
  })
})
