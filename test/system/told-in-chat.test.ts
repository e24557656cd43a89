import { writeFile } from 'node:fs/promises'
import { RetryableDeliveryError } from '@nanoclaw/adapters'
import { createFaultPlan, type FaultOperation } from '@nanoclaw/core/testing'
import { describe, expect, it } from 'vitest'
import { builtRunner, useTestHosts, type TestHost } from './support/test-host.ts'

const { start } = useTestHosts()

const words = { unanswered: 'no answer', waiting: 'waits', recovered: 'can answer again' }
const broken = { ...builtRunner, node: '/nonexistent' }

interface Said {
  readonly text: string
  readonly threadId: string | null
}

/** What the host itself has said, echoes of the agent left aside. */
function notices({ memory }: TestHost): readonly Said[] {
  return memory.delivered
    .filter(({ author }) => author.id === 'nanoclaw')
    .map(({ text, origin }) => ({ text, threadId: origin.threadId }))
}

const inRoom = (text: string, threadId: string | null = null): Said => ({ text, threadId })

async function say({ memory }: TestHost, text: string, threadId?: string): Promise<void> {
  await memory.receive({ chatId: 'room', text, ...(threadId === undefined ? {} : { threadId }) })
}

async function quarantined(host: TestHost): Promise<void> {
  const [session] = await host.core.sessions.forChat(host.chat.id)
  if (session === undefined) throw new Error('expected the chat to have a session, it has none')
  await host.stop()
  const { outboundDb } = host.core.layout.session(session.agentGroupId, session.id)
  await writeFile(outboundDb, 'no database at all')
}

describe('in the chat', () => {
  it('a thousand messages that fail make one notice, and one when it is over [L12]', async () => {
    const host = await start({ chatWords: words })
    for (let n = 0; n < 1_000; n += 1) await say(host, '!error fatal overloaded')
    await host.host.whenQuiet(host.chat.id)
    expect(notices(host)).toEqual([inRoom(words.unanswered)])
    await say(host, 'hello')
    await say(host, 'still there?')
    await host.host.whenQuiet(host.chat.id)
    expect(notices(host)).toEqual([inRoom(words.unanswered), inRoom(words.recovered)])
  }, 120_000)

  it('messages of which each second one fails make three notices, however many they are [L12]', async () => {
    const host = await start({ chatWords: words })
    for (let n = 0; n < 20; n += 1) {
      await say(host, n % 2 === 0 ? '!error fatal busy' : 'hello')
      await host.host.whenQuiet(host.chat.id)
    }
    const { unanswered, recovered } = words
    expect(notices(host)).toEqual([unanswered, recovered, unanswered].map((text) => inRoom(text)))
  }, 60_000)

  it('a notice that does not go out is said anew at the next failure, and over only then', async () => {
    const deliveryPolicy = () => ({ maxAttempts: 1 })
    const host = await start({ chatWords: words, deliveryPolicy })
    host.memory.failNext(new RetryableDeliveryError('busy'))
    await say(host, '!error fatal overloaded')
    await host.host.whenQuiet(host.chat.id)
    await say(host, 'hello')
    await host.host.whenQuiet(host.chat.id)
    expect(notices(host)).toEqual([])
    await say(host, '!error fatal overloaded')
    await host.host.whenQuiet(host.chat.id)
    await say(host, 'hello')
    await host.host.whenQuiet(host.chat.id)
    expect(notices(host)).toEqual([inRoom(words.unanswered), inRoom(words.recovered)])
  })

  it('each thread is told for itself, and nobody who was answered [L12]', async () => {
    const host = await start({ chatWords: words })
    for (const thread of ['one', 'two']) await say(host, '!error fatal overloaded', thread)
    await host.host.whenQuiet(host.chat.id)
    await say(host, 'hello', 'three')
    await host.host.whenQuiet(host.chat.id)
    expect(notices(host)).toEqual([
      inRoom(words.unanswered, 'one'),
      inRoom(words.unanswered, 'two'),
    ])
    await say(host, 'hello', 'two')
    await host.host.whenQuiet(host.chat.id)
    expect(notices(host).slice(2)).toEqual([inRoom(words.recovered, 'two')])
  })

  it('who waits is not told of containers that fail, if they soon work', async () => {
    const host = await start({ chatWords: words, runner: broken })
    const kinds = async () => (await host.core.incidents.list({ open: true })).map((i) => i.kind)
    await say(host, 'hello')
    await expect.poll(kinds, { timeout: 20_000 }).toContain('container-fails')
    await host.stop()
    const mended = await start({ chatWords: words })
    await mended.host.whenQuiet(mended.chat.id)
    const texts = [host, mended].flatMap(({ memory }) => memory.delivered.map(({ text }) => text))
    expect(texts).toEqual(['echo: hello'])
  })

  it('who waits for containers that fail is told after a while, once, and when it is over', async () => {
    const settings = { unansweredMs: 2_000 }
    const host = await start({ chatWords: words, runner: broken, settings })
    const from = performance.now()
    await say(host, 'hello')
    await say(host, 'hello?')
    await host.memory.waitForDelivery(1, AbortSignal.timeout(30_000))
    expect(performance.now() - from).toBeGreaterThan(1_900)
    await host.stop()
    const mended = await start({ chatWords: words })
    await mended.host.whenQuiet(mended.chat.id)
    expect(notices(host)).toEqual([inRoom(words.waiting)])
    expect(notices(mended)).toEqual([inRoom(words.recovered)])
  }, 60_000)

  it('who writes to a session in quarantine is told, once in each thread', async () => {
    const host = await start({ chatWords: words })
    await say(host, 'hello')
    await host.host.whenQuiet(host.chat.id)
    await quarantined(host)
    const again = await start({ chatWords: words })
    await say(again, 'are you there?')
    await again.memory.waitForDelivery(1)
    await say(again, 'hello?')
    await say(again, 'and here?', 'aside')
    await again.memory.waitForDelivery(2)
    expect(notices(again)).toEqual([inRoom(words.waiting), inRoom(words.waiting, 'aside')])
  })

  it('nothing is said where the operator wants nothing said', async () => {
    const host = await start({ chatWords: false })
    await say(host, '!error fatal overloaded')
    await host.host.whenQuiet(host.chat.id)
    await say(host, 'hello')
    await host.host.whenQuiet(host.chat.id)
    expect(host.memory.delivered.map(({ text }) => text)).toEqual(['echo: hello'])
  })
})

const steps: readonly { phase: 'notice' | 'recovery'; at: FaultOperation }[] = [
  { phase: 'notice', at: 'incidents.open' },
  { phase: 'notice', at: 'mailbox.take' },
  { phase: 'notice', at: 'mailbox.settle' },
  { phase: 'recovery', at: 'mailbox.take' },
  { phase: 'recovery', at: 'mailbox.settle' },
]

describe('a host that is killed at any step of it', () => {
  it.each(
    steps.flatMap((step) => (['before', 'after'] as const).map((when) => ({ ...step, when }))),
  )(
    'tells once, and once that it is over [L12] ($phase: $when $at)',
    async ({ phase, at, when }) => {
      const faults = createFaultPlan()
      const first = await start({ chatWords: words, faults })
      if (phase === 'notice') faults.crashAt(at, 1, when)
      await say(first, '!error fatal overloaded')
      if (phase === 'recovery') {
        await first.host.whenQuiet(first.chat.id)
        faults.crashAt(at, 1, when)
        await say(first, 'hello')
      }
      await expect.poll(() => faults.waiting, { timeout: 20_000 }).toBe(0)
      await first.stop().catch(() => undefined)
      const again = await start({ chatWords: words })
      await again.host.whenQuiet(again.chat.id)
      if (phase === 'notice') await say(again, 'hello')
      await again.host.whenQuiet(again.chat.id)
      const said = keysOf([first, again])
      expect(said).toEqual([words.unanswered, words.recovered])
    },
    60_000,
  )
})

/** What a platform that knows a send by its key, over restarts too, has shown. */
function keysOf(hosts: readonly TestHost[]): readonly string[] {
  const own = hosts.flatMap(({ memory }) => memory.delivered)
  const shown = new Map(own.map(({ key, text, author }) => [key, { text, author }]))
  return [...shown.values()]
    .filter(({ author }) => author.id === 'nanoclaw')
    .map(({ text }) => text)
}
