import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { runnerFolder } from '@nanoclaw/container-runtime'
import type { HostLimits } from '@nanoclaw/host'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { mostStallMs, watchLoop, calmestRound } from '../support/loop-meter.ts'
import { rowsOf } from './support/session-files.ts'
import { useTestHosts, type TestHost } from './support/test-host.ts'

const hosts = useTestHosts()
let folder: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'nanoclaw-limits-'))
  await cp(runnerFolder, folder, { recursive: true })
  await cp(join(import.meta.dirname, 'support/hostile-runner.mjs'), join(folder, 'hostile.mjs'))
})

afterAll(() => rm(folder, { recursive: true, force: true }))

/** A host on which Mallory, in a chat of her own, writes what her agent's file `attack` says. */
async function startWithMallory(attack: string, limits: Partial<HostLimits>) {
  const runner = { folder, entry: 'hostile.mjs', node: process.execPath }
  const host = await hosts.start({ runner, limits, settings: { graceMs: 200 } })
  const { core } = host
  const mallory = await core.agents.create({ name: 'Mallory' })
  await mkdir(core.layout.agent(mallory.folder), { recursive: true })
  await writeFile(join(core.layout.agent(mallory.folder), 'attack'), attack)
  const place = { channelType: 'memory', channelInstance: '', platformId: 'her-room' }
  const chat = await core.chats.create({ ...place, name: 'her room' })
  await core.wirings.create({ agentGroupId: mallory.id, messagingGroupId: chat.id })
  const { session } = await core.resolveSession({
    agentGroupId: mallory.id,
    messagingGroupId: chat.id,
    threadId: null,
    sessionMode: 'shared',
  })
  const files = core.layout.session(mallory.id, session.id)
  const query = (sql: string) => rowsOf(files, 'inbound', sql)
  return {
    host,
    session,
    begin: () => host.memory.receive({ chatId: 'her-room', text: 'hello' }),
    taken: () => Number(query('SELECT count(*) AS rows FROM delivered WHERE seq % 2 = 1')[0]?.rows),
    told: () =>
      query("SELECT content FROM messages_in WHERE kind = 'system'").map(({ content }): unknown =>
        JSON.parse(String(content)),
      ),
    incidents: async () => {
      const open = await core.incidents.list({ open: true })
      return open.map(({ kind }) => kind)
    },
  }
}

const soon = { timeout: 8_000, interval: 20 }

async function answersOf({ memory }: TestHost, text: string): Promise<void> {
  await memory.receive({ chatId: 'room', text })
  await memory.waitForDelivery((delivery) => delivery.text === `echo: ${text}`)
}

it('a message that is too long to send fails, its agent and the operator are told why, and nobody is condemned', async () => {
  const mallory = await startWithMallory('huge-row', {})
  await mallory.begin()
  await expect.poll(mallory.incidents, soon).toEqual(['delivery-failed'])
  const reason = 'it has 20000011 bytes, and at most 1048576 are sent; send it in several messages'
  await expect.poll(mallory.told, soon).toMatchObject([{ type: 'delivery_failed', seq: 3, reason }])
  const [incident] = await mallory.host.core.incidents.list({ open: true })
  expect(incident?.message).toContain(reason)
  await answersOf(mallory.host, 'still here')
})

it('when too many messages wait to be sent no more are taken; they are kept, and go out when there is room', async () => {
  const mallory = await startWithMallory('burst', { undeliveredRows: 50 })
  const { memory, core } = mallory.host
  await answersOf(mallory.host, 'warm')
  memory.setHealth('down', 'the platform is away')
  await mallory.begin()
  await expect.poll(mallory.incidents, soon).toEqual(['outbound-backlog'])
  expect(mallory.taken()).toBe(50)
  await expect.poll(mallory.told, soon).toMatchObject([{ type: 'output_held' }])
  memory.setHealth('connected')
  const hers = () =>
    memory.delivered.filter(
      ({ origin, author }) => origin.chatId === 'her-room' && author.id !== 'nanoclaw',
    )
  await expect.poll(() => hers().length, soon).toBe(300)
  expect(hers().map(({ text }) => text)).toEqual(Array.from({ length: 300 }, (_, n) => `psst ${n}`))
  await expect.poll(mallory.incidents, soon).toEqual([])
  expect(mallory.told()).toHaveLength(1)
  const all = await core.incidents.list()
  expect(all.map(({ kind, occurrences }) => [kind, occurrences])).toEqual([['outbound-backlog', 1]])
}, 40_000)

it('a container that writes without end is held back, then ended; others are answered meanwhile', async () => {
  const stallMs = await calmestRound(async () => {
    const limits = { rowsPerSecond: 50, rowsBurst: 100, backPressureMs: 2_000 }
    const mallory = await startWithMallory('flood', limits)
    await answersOf(mallory.host, 'before')
    const began = performance.now()
    const loop = watchLoop()
    await mallory.begin()
    await expect.poll(mallory.incidents, soon).toEqual(['outbound-flood'])
    for (let n = 0; n < 20; n += 1) await answersOf(mallory.host, `meanwhile ${n}`)
    await expect.poll(mallory.incidents, soon).toContain('session-quarantined')
    const stall = loop.stop()
    const seconds = (performance.now() - began) / 1_000
    expect(mallory.taken()).toBeLessThanOrEqual(100 + 50 * (seconds + 1))
    await expect.poll(mallory.told, soon).toMatchObject([{ type: 'output_held' }])
    const open = await mallory.host.core.incidents.list({ open: true })
    expect(open.find(({ kind }) => kind === 'session-quarantined')?.message).toContain(
      'it has written more than 50 messages a second for 2 s',
    )
    await answersOf(mallory.host, 'after')
    await mallory.host.stop()
    return stall
  })
  expect(stallMs).toBeLessThan(mostStallMs)
}, 60_000)

it('a session that always has work hands its slot on between two turns, and everything is answered once', async () => {
  const { core, memory, host, chat } = await hosts.start({
    limits: { maxContainers: 1, slotMs: 300 },
  })
  const bob = await core.agents.create({ name: 'Bob' })
  const place = { channelType: 'memory', channelInstance: '', platformId: 'other' }
  const other = await core.chats.create({ ...place, name: 'other' })
  await core.wirings.create({ agentGroupId: bob.id, messagingGroupId: other.id })

  // A stream that is faster than the agent: there is no moment in which it has nothing to do.
  let isOver = false
  let sent = 0
  const stream = (async () => {
    while (!isOver) {
      sent += 1
      await memory.receive({ chatId: 'room', text: `!sleep 60\nstream ${sent}` })
      await sleep(40)
    }
  })()
  await memory.waitForDelivery(1)
  await memory.receive({ chatId: 'other', text: 'may I?' })
  await memory.waitForDelivery(({ text }) => text === 'echo: may I?')
  isOver = true
  await stream
  await host.whenQuiet(chat.id)
  const texts = memory.delivered.map(({ text }) => text).filter((text) => text.includes('stream'))
  expect(texts.length).toBe(sent)
  expect(new Set(texts).size).toBe(sent)
  expect(await core.incidents.list()).toEqual([])
}, 40_000)
