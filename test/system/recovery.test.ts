import { createCore } from '@nanoclaw/core'
import { createFaultPlan } from '@nanoclaw/core/testing'
import { describe, expect, it } from 'vitest'
import { rowsInSession } from './support/session-files.ts'
import { builtRunner, useTestHosts, type TestHost } from './support/test-host.ts'

const hosts = useTestHosts()
const { start } = hosts

async function say({ memory }: TestHost, ...texts: readonly string[]): Promise<void> {
  for (const text of texts) await memory.receive({ chatId: 'room', text })
}

function answers({ memory }: TestHost): readonly string[] {
  return memory.delivered.map(({ text }) => text)
}

/** Resolves when the session's runner is at work on a turn. */
async function turnRunning(host: TestHost): Promise<void> {
  const sql = `SELECT status FROM turns WHERE status = 'running'`
  await expect
    .poll(() => rowsInSession(host, 'outbound', sql).catch(() => []), {
      timeout: 20_000,
      interval: 10,
    })
    .toHaveLength(1)
}

const nextTurnOfTheLoop = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

describe('a runner that dies', () => {
  it('in mid-turn: every row is answered once, in order, by the next one [L6] [L8]', async () => {
    const host = await start()
    await say(host, '!call send_message {"to":"room","text":"by tool"}', '!sleep 1000', 'last')
    await turnRunning(host)
    const [container] = await host.driver.list()
    if (container === undefined) throw new Error('expected a container to run')
    process.kill(container.pid, 'SIGKILL')
    await host.host.whenQuiet(host.chat.id)
    expect(answers(host).filter((text) => text === 'by tool')).toHaveLength(1)
    expect(answers(host).filter((text) => text === 'echo: last')).toHaveLength(1)
    expect(answers(host).at(-1)).toBe('echo: last')
    const ended = await rowsInSession(host, 'inbound', 'SELECT DISTINCT status FROM messages_in')
    expect(ended).toEqual([{ status: 'completed' }])
  })

  it('of a poison message: quarantined after five, told, and the queue goes on [L9]', async () => {
    const host = await start()
    await say(host, 'before', '!crash', 'after')
    await host.host.whenQuiet(host.chat.id)
    const echoes = answers(host).filter((text) => text.startsWith('echo'))
    expect(echoes).toEqual(['echo: before', 'echo: after'])
    const sql = 'SELECT id, status FROM messages_in ORDER BY seq'
    const rows = await rowsInSession(host, 'inbound', sql)
    expect(rows.map(({ status }) => status)).toEqual(['completed', 'failed', 'completed'])
    const incidents = await host.core.incidents.list({ open: true })
    const told = incidents.find(({ kind }) => kind === 'row-failed')
    expect(told?.message).toMatch(
      new RegExp(`^message ${String(rows[1]?.id)} got no answer: given up`),
    )
  })

  it('while a message comes in: a new one starts for it at once [S3]', async () => {
    const host = await start({ settings: { idleMs: 0 } })
    for (let n = 0; n < 10; n += 1) {
      await say(host, `message ${n}`)
      await host.host.whenQuiet(host.chat.id)
      for (let turns = 0; turns < n; turns += 1) await nextTurnOfTheLoop()
    }
    expect(answers(host)).toHaveLength(10)
    const [session] = await host.core.sessions.forChat(host.chat.id)
    expect(session?.epoch).toBeGreaterThan(1)
  })
})

describe('a host that comes back', () => {
  it('goes on with what was accepted and not answered', async () => {
    const host = await start({
      runner: { ...builtRunner, node: '/nonexistent' },
    })
    await say(host, 'one', 'two')
    await host.stop()
    const again = await start()
    await again.host.whenQuiet(again.chat.id)
    expect(answers(again)).toEqual(['echo: one', 'echo: two'])
  })

  it('knows what was handed over before [L4]', async () => {
    const host = await start()
    const event = { chatId: 'room', text: 'once', platformMessageId: 'm-1' }
    expect(await host.memory.receive(event)).toEqual({ outcome: 'accepted' })
    await host.host.whenQuiet(host.chat.id)
    await host.stop()
    const again = await start()
    expect(await again.memory.receive(event)).toEqual({ outcome: 'duplicate' })
    await again.host.whenQuiet(again.chat.id)
    expect(await rowsInSession(again, 'inbound', 'SELECT id FROM messages_in')).toHaveLength(1)
  })

  it('wakes no session in which nothing is left', async () => {
    const host = await start({ settings: { idleMs: 0 } })
    await say(host, 'hello')
    await expect
      .poll(() => host.core.sessions.forChat(host.chat.id), { timeout: 20_000 })
      .toMatchObject([{ nextDueAt: null, containerStatus: 'stopped' }])
    await host.stop()
    const again = await start()
    expect(again.host.status()).toMatchObject({ awakeSessions: 0, containers: 0 })
  })
})

describe('a host that is killed between announcing a session and what it is announced for', () => {
  const asleep = { nextDueAt: null, containerStatus: 'stopped' }

  it.each([
    ['sessions.ensureDue', 'before', []],
    ['sessions.ensureDue', 'after', []],
    ['mailbox.append', 'before', []],
    ['mailbox.append', 'after', ['echo: hello']],
  ] as const)('at most wakes it in vain (%s, %s)', async (operation, when, answered) => {
    const faults = createFaultPlan()
    const host = await start({ faults })
    faults.crashAt(operation, 1, when)
    await expect(say(host, 'hello')).rejects.toThrow()
    expect(faults.waiting).toBe(0)
    await host.stop().catch(() => undefined)
    const again = await start({ settings: { idleMs: 0 } })
    await again.host.whenQuiet(again.chat.id)
    expect(answers(again)).toEqual(answered)
    const [session] = await again.core.sessions.forChat(again.chat.id)
    expect(session?.epoch).toBe(answered.length)
    await expect
      .poll(() => again.core.sessions.forChat(again.chat.id), { timeout: 20_000 })
      .toMatchObject([asleep])
    await say(again, 'still there?')
    await again.host.whenQuiet(again.chat.id)
    expect(answers(again)).toEqual([...answered, 'echo: still there?'])
  })

  it.each(['before', 'after'] as const)('or finds it when it is put away (%s)', async (when) => {
    const faults = createFaultPlan()
    const host = await start({ faults, settings: { idleMs: 0 } })
    faults.crashAt('sessions.setDue', 1, when)
    await say(host, 'hello')
    await expect.poll(() => faults.waiting, { timeout: 20_000 }).toBe(0)
    await host.stop().catch(() => undefined)
    const again = await start({ settings: { idleMs: 0 } })
    await say(again, 'and now?')
    await again.host.whenQuiet(again.chat.id)
    expect(answers(again)).toEqual(['echo: and now?'])
  })
})

describe('many sessions', () => {
  it('share the slots: who waits gets that of an idle one', async () => {
    const host = await start({ limits: { maxContainers: 1 } })
    const place = { channelType: 'memory', channelInstance: '', platformId: 'second' }
    const second = await host.core.chats.create({ ...place, name: 'second' })
    await host.core.wirings.create({
      agentGroupId: host.agent.id,
      messagingGroupId: second.id,
    })
    await say(host, 'first')
    await host.memory.receive({ chatId: 'second', text: 'second' })
    await Promise.all([host.host.whenQuiet(host.chat.id), host.host.whenQuiet(second.id)])
    expect(answers(host)).toEqual(['echo: first', 'echo: second'])
  })

  it('two agents wired to one chat answer from a session each [W2]', async () => {
    const host = await start()
    const bob = await host.core.agents.create({ name: 'Bob' })
    await host.core.wirings.create({ agentGroupId: bob.id, messagingGroupId: host.chat.id })
    await say(host, 'hello', '!turns')
    await host.host.whenQuiet(host.chat.id)
    const authors = host.memory.delivered.map(({ author }) => author.name).sort()
    expect(authors).toEqual(['Ada', 'Ada', 'Bob', 'Bob'])
    expect(await host.core.sessions.forChat(host.chat.id)).toHaveLength(2)
  })

  it('a row with a time of its own is taken when its time has come', async () => {
    const host = await start()
    await say(host, 'hello')
    await host.host.whenQuiet(host.chat.id)
    const [session] = await host.core.sessions.forChat(host.chat.id)
    if (session === undefined) throw new Error('expected a session')
    await host.stop()
    const again = await start()
    const processAfter = new Date(Date.now() + 1_500).toISOString()
    const place = { channelType: 'memory', channelInstance: '', platformId: 'room' }
    await again.core.writeSessionMessage(session, {
      kind: 'chat',
      content: { text: 'later', sender: 'Ann', senderId: 'ann' },
      origin: { ...place, threadId: null },
      processAfter,
    })
    const answer = await again.memory.waitForDelivery(1)
    expect(answer.text).toBe('echo: later')
    expect(answer.at >= processAfter).toBe(true)
  })
})

describe('an idle session', () => {
  it('gives its container back and goes to sleep, however often others are looked at', async () => {
    // Longer than the scheduler sleeps between two looks at what is due.
    const host = await start({ settings: { idleMs: 3_000 } })
    await say(host, 'hello')
    await host.host.whenQuiet(host.chat.id)
    expect(host.host.status()).toMatchObject({ containers: 1, awakeSessions: 1 })
    await expect
      .poll(() => host.host.status(), { timeout: 15_000, interval: 100 })
      .toMatchObject({ containers: 0, awakeSessions: 0 })
    expect(await host.core.sessions.forChat(host.chat.id)).toMatchObject([{ nextDueAt: null }])
  })

  it('is woken by a message beneath hundreds of context rows', async () => {
    const host = await start({ settings: { idleMs: 0 } })
    await say(host, 'hello')
    await host.host.whenQuiet(host.chat.id)
    const [session] = await host.core.sessions.forChat(host.chat.id)
    if (session === undefined) throw new Error('expected a session')
    await host.stop()
    const again = await start()
    const context = Array.from({ length: 900 }, (_, n) => ({
      kind: 'chat' as const,
      content: { text: `context ${n}`, sender: 'Ann', senderId: 'ann' },
      origin: { channelType: 'memory', channelInstance: '', platformId: 'other', threadId: null },
      trigger: false,
    }))
    const box = await again.core.mailboxes.open(again.agent.id, session.id)
    await box.append(context)
    await box.close()
    await say(again, 'still there?')
    const answer = await again.memory.waitForDelivery(1)
    expect(answer.text).toBe('echo: still there?')
    await again.host.whenQuiet(again.chat.id)
  })
})

describe('a host that stops', () => {
  it('starts no container for who waits for a slot', async () => {
    const host = await start({ settings: { graceMs: 500 }, limits: { maxContainers: 1 } })
    for (const name of ['b', 'c', 'd']) {
      const place = { channelType: 'memory', channelInstance: '', platformId: name }
      const chat = await host.core.chats.create({ ...place, name })
      await host.core.wirings.create({ agentGroupId: host.agent.id, messagingGroupId: chat.id })
    }
    await say(host, '!sleep 60000')
    await turnRunning(host)
    for (const chatId of ['b', 'c', 'd']) await host.memory.receive({ chatId, text: 'hello' })
    await host.stop()
    const core = await createCore({ home: hosts.home() })
    const sessions = await core.sessions.list()
    await core.close()
    expect(sessions.map(({ epoch }) => epoch)).toEqual([1, 0, 0, 0])
  })
})

it('a session that could not be looked into for a while answers without another message', async () => {
  const faults = createFaultPlan()
  const host = await start({ faults, settings: { tickMs: 50 } })
  for (let call = 2; call <= 6; call += 1) faults.failAt('mailbox.pending', call)
  const shown = host.memory.waitForDelivery(1)
  await say(host, 'hello')
  await shown
  expect(faults.waiting).toBe(0)
  expect(answers(host)).toEqual(['echo: hello'])
})
