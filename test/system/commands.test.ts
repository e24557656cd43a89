import { describe, expect, it } from 'vitest'
import { rowsInSession } from './support/session-files.ts'
import { useTestHosts, type TestHost } from './support/test-host.ts'

const { start } = useTestHosts()

function say({ memory }: TestHost, text: string, platformMessageId?: string) {
  const named = platformMessageId === undefined ? {} : { platformMessageId }
  return memory.receive({ chatId: 'room', text, ...named })
}

/** Resolves with all that the host itself has said, once it has said so much. */
function notices({ memory }: TestHost): readonly string[] {
  return memory.delivered.filter(({ author }) => author.id === 'nanoclaw').map(({ text }) => text)
}

async function working(host: TestHost, text: string): Promise<void> {
  await say(host, text)
  const claimed = async () =>
    (await rowsInSession(host, 'outbound', `select 1 from turns where status = 'running'`)).length
  await expect.poll(claimed, { timeout: 20_000, interval: 10 }).toBe(1)
}

describe('what people say to the host', () => {
  it('/stop ends within a second a turn that hangs; the queue goes on', async () => {
    const host = await start()
    await working(host, '!hang')
    await say(host, 'next')
    const from = performance.now()
    expect(await say(host, '/stop', 's')).toEqual({ outcome: 'accepted' })
    const ended = `select 1 from turns where error = 'stopped by command'`
    const stopped = async () => (await rowsInSession(host, 'outbound', ended)).length
    await expect.poll(stopped, { timeout: 5_000, interval: 10 }).toBe(1)
    expect(performance.now() - from).toBeLessThan(1_000)
    await host.host.whenQuiet(host.chat.id)
    expect(notices(host)).toEqual(['Ada stops what it is doing.'])
    await say(host, 'later')
    await host.host.whenQuiet(host.chat.id)
    expect(host.memory.delivered.map(({ text }) => text)).toContain('echo: later')
    expect(await say(host, '/stop', 's')).toEqual({ outcome: 'duplicate' })
  })

  it('/clear begins the conversation anew, and what has been asked is known after a restart', async () => {
    const host = await start()
    for (const text of ['hello', '!turns']) {
      await say(host, text)
      await host.host.whenQuiet(host.chat.id)
    }
    expect(host.memory.delivered.at(-1)?.text).toBe('1')
    expect(await say(host, '/clear', 'c')).toEqual({ outcome: 'accepted' })
    await say(host, '!turns')
    await host.host.whenQuiet(host.chat.id)
    expect(
      host.memory.delivered
        .slice(2)
        .map(({ text }) => text)
        .toSorted(),
    ).toEqual([
      '0',
      'The conversation with Ada begins anew; it remembers nothing of what was said here before.',
    ])
    const cleared = async ({ core }: TestHost) =>
      (await core.audit.list()).filter(({ kind }) => kind === 'session-cleared').length
    expect(await cleared(host)).toBe(1)
    await host.stop()
    const again = await start()
    expect(await say(again, '/clear', 'c')).toEqual({ outcome: 'duplicate' })
    await again.host.whenQuiet(again.chat.id)
    expect([await cleared(again), again.memory.delivered]).toEqual([1, []])
  })

  it('no agent reads a command', async () => {
    const host = await start()
    for (const text of ['/help', '/STATUS', ' /stop ', '/compact', '!prompt']) await say(host, text)
    await host.host.whenQuiet(host.chat.id)
    const [prompt] = host.memory.delivered.filter(({ author }) => author.id !== 'nanoclaw')
    expect(prompt?.text).toContain('!prompt')
    expect(prompt?.text).not.toMatch(/help|status|stop|compact/i)
    expect(notices(host)).toHaveLength(4)
  })
})
