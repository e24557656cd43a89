import { RetryableDeliveryError } from '@nanoclaw/adapters'
import { createFakeClock, createFaultPlan } from '@nanoclaw/core/testing'
import { describe, expect, it } from 'vitest'
import { rowsInSession } from './support/session-files.ts'
import { useTestHosts, type TestHost } from './support/test-host.ts'

const { start } = useTestHosts()

const dayMs = 86_400_000
const at = (ms: number): string => new Date(ms).toISOString()

async function answered(host: TestHost, text: string): Promise<void> {
  await host.memory.receive({ chatId: 'room', text })
  await host.host.whenQuiet(host.chat.id)
  expect(host.memory.delivered.at(-1)?.text).toBe(`echo: ${text}`)
}

const problems = async ({ core }: TestHost) =>
  (await core.incidents.list({ open: true })).map((i) => i.kind)

describe('a clock that jumps by a day', () => {
  it('either way condemns no container and holds up no message [S12]', async () => {
    const clock = createFakeClock(at(Date.now()))
    const host = await start({ clock, settings: { tickMs: 50, heartbeatMs: 10_000 } })
    await answered(host, 'before')
    for (const days of [1, -2, 1]) {
      clock.set(at(clock.now() + days * dayMs))
      await answered(host, `after ${days}`)
    }
    const [session] = await host.core.sessions.forChat(host.chat.id)
    expect(session?.epoch).toBe(1)
    expect(await problems(host)).toEqual([])
  })

  it('back, while the host is dead, hides nothing that was accepted [S12]', async () => {
    const clock = createFakeClock(at(Date.now()))
    const faults = createFaultPlan()
    const host = await start({ clock, faults })
    faults.crashAt('mailbox.append', 1, 'after')
    await expect(host.memory.receive({ chatId: 'room', text: 'hello' })).rejects.toThrow()
    await host.stop().catch(() => undefined)
    clock.set(at(clock.now() - dayMs))
    const again = await start({ clock })
    await again.host.whenQuiet(again.chat.id)
    expect(again.memory.delivered.map(({ text }) => text)).toEqual(['echo: hello'])
  })

  it('back, while a message waits for another try, does not put it off for a day [S12]', async () => {
    const clock = createFakeClock(at(Date.now()))
    const settings = { retryBaseMs: 2_000, retryLongestMs: 2_000 }
    const host = await start({ clock, settings })
    host.memory.failNext(new RetryableDeliveryError('overloaded'))
    await host.memory.receive({ chatId: 'room', text: 'hello' })
    const sql = "SELECT next_attempt_at FROM delivered WHERE status = 'retrying'"
    await expect
      .poll(() => rowsInSession(host, 'inbound', sql).catch(() => []), { timeout: 20_000 })
      .toHaveLength(1)
    await host.stop()
    clock.set(at(clock.now() - dayMs))
    const again = await start({ clock, settings })
    const answer = await again.memory.waitForDelivery(1)
    expect(answer.text).toBe('echo: hello')
  })

  it('forward brings what was put off till then, within seconds [S12]', async () => {
    const clock = createFakeClock(at(Date.now() - dayMs))
    const host = await start({ clock })
    await answered(host, 'before')
    const [session] = await host.core.sessions.forChat(host.chat.id)
    if (session === undefined) throw new Error('expected a session')
    await host.core.writeSessionMessage(session, {
      kind: 'chat',
      content: { text: 'put off', sender: 'Ann', senderId: 'ann' },
      origin: { channelType: 'memory', channelInstance: '', platformId: 'room', threadId: null },
      processAfter: at(Date.now() - 60_000),
    })
    expect(host.memory.delivered).toHaveLength(1)
    clock.set(at(Date.now()))
    expect((await host.memory.waitForDelivery(2)).text).toBe('echo: put off')
  })
})
