import { createMemoryAdapter } from '@nanoclaw/adapters/memory'
import { createCore, type Core, type Session } from '@nanoclaw/core'
import { createFaultPlan, createFaultyCore } from '@nanoclaw/core/testing'
import { describe, expect, it } from 'vitest'
import { childrenOfThisProcess } from '../support/children.ts'
import { useBareHosts } from './support/bare-host.ts'

const { core, home, hostOf, wired } = useBareHosts()

const homeInUse = expect.objectContaining({ code: 'home-in-use' })

/** A session of the chat in which a message waits for an answer. */
async function waiting(core: Core, chatId: string, text: string): Promise<Session> {
  const [agent] = await core.agents.list()
  const { session } = await core.resolveSession({
    agentGroupId: agent?.id ?? '',
    messagingGroupId: chatId,
    threadId: null,
    sessionMode: 'shared',
  })
  await core.writeSessionMessage(session, {
    kind: 'chat',
    content: { text, sender: 'Ann', senderId: 'ann' },
    origin: { channelType: 'memory', channelInstance: '', platformId: 'room', threadId: null },
  })
  return session
}

describe('a home has one host', () => {
  it('another, on the same core or its own, is refused and touches nothing', async () => {
    const chatId = await wired()
    const memory = createMemoryAdapter()
    const host = hostOf({ adapters: [memory] })
    await host.start()
    await memory.receive({ chatId: 'room', text: '!sleep 300' })
    await using otherCore = await createCore({ home: home() })
    for (const second of [hostOf(), hostOf({ core: otherCore })]) {
      await expect(second.start()).rejects.toEqual(homeInUse)
    }
    await host.whenQuiet(chatId)
    expect(memory.delivered.map(({ text }) => text)).toEqual(['done'])
    expect(await core().incidents.list()).toEqual([])
    await host.stop()
  })

  it('the next may start when it has stopped, or could not start', async () => {
    const first = hostOf()
    await first.start()
    await first.stop()
    const broken = hostOf({ runner: { folder: '/nowhere', entry: 'runner.js' } })
    await expect(broken.start()).rejects.toMatchObject({ code: 'bad-option' })
    await using next = hostOf()
    await next.start()
  })
})

describe('before a host starts', () => {
  it('asking whether a chat is quiet waits, and wakes nothing', async () => {
    const chatId = await wired()
    const before = await childrenOfThisProcess()
    await waiting(core(), chatId, 'hello')
    const memory = createMemoryAdapter()
    const host = hostOf({ adapters: [memory] })
    const impatient = host.whenQuiet(chatId, AbortSignal.timeout(300))
    await expect(impatient).rejects.toMatchObject({ name: 'TimeoutError' })
    expect(host.status()).toMatchObject({ awakeSessions: 0, containers: 0 })
    expect(await childrenOfThisProcess()).toEqual(before)
    const patient = host.whenQuiet(chatId)
    await host.start()
    await patient
    expect(memory.delivered.map(({ text }) => text)).toEqual(['echo: hello'])
    await host.stop()
  })

  it('who waits for a chat is told when it never will', async () => {
    const chatId = await wired()
    const host = hostOf()
    const quiet = host.whenQuiet(chatId)
    await Promise.all([expect(quiet).rejects.toMatchObject({ code: 'closed' }), host.stop()])
  })

  it('a release wakes nothing; what was released goes on with the start', async () => {
    const chatId = await wired()
    const session = await waiting(core(), chatId, 'hello')
    await core().incidents.open({
      kind: 'session-quarantined',
      subject: session.id,
      message: 'caught',
      sessionId: session.id,
      agentGroupId: session.agentGroupId,
    })
    const memory = createMemoryAdapter()
    const host = hostOf({ adapters: [memory] })
    expect(await host.release(session.id)).toBe(true)
    expect(host.status().awakeSessions).toBe(0)
    await host.start()
    await host.whenQuiet(chatId)
    expect(memory.delivered).toHaveLength(1)
    await host.stop()
  })
})

describe('a core that crashes under its host', () => {
  it.each(['before', 'after'] as const)(
    '%s an answer is recorded as delivered: the host stops soon, and sends it once',
    async (when) => {
      await wired()
      const faults = createFaultPlan()
      const crashing = await createFaultyCore({ home: home(), faults })
      const memory = createMemoryAdapter()
      let sends = 0
      const sent = Promise.withResolvers<void>()
      const deliver = memory.deliver.bind(memory)
      memory.deliver = async (...call) => {
        sends += 1
        sent.resolve()
        return deliver(...call)
      }
      const host = hostOf({ core: crashing, adapters: [memory] })
      await host.start()
      faults.crashAt('mailbox.settle', 1, when)
      await memory.receive({ chatId: 'room', text: 'hello' })
      await sent.promise
      await expect.poll(() => faults.waiting, { timeout: 20_000 }).toBe(0)
      const began = performance.now()
      await host.stop()
      expect(performance.now() - began).toBeLessThan(4_000)
      expect(sends).toBe(1)
    },
  )
})
