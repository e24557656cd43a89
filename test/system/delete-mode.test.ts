import { createProcessDriver } from '@nanoclaw/host'
import { describe, expect, it } from 'vitest'
import { rowsInSession } from './support/session-files.ts'
import { useTestHosts, type TestHost } from './support/test-host.ts'

const hosts = useTestHosts()

/** A driver whose containers do not share the host's kernel, as far as the host is told. */
const start = (): Promise<TestHost> =>
  hosts.start({
    journal: 'delete',
    driver: (deps) => ({
      ...createProcessDriver(deps),
      capabilities: { sharedKernel: false, isolation: 'none' },
    }),
  })

describe('without a shared kernel both files run in DELETE mode', () => {
  it('and a conversation is the same', async () => {
    const running = await start()
    const { memory, host, chat } = running
    for (const text of ['one', 'two', 'three']) await memory.receive({ chatId: 'room', text })
    await host.whenQuiet(chat.id)
    expect(memory.delivered.map(({ text }) => text)).toEqual([
      'echo: one',
      'echo: two',
      'echo: three',
    ])
    for (const kind of ['inbound', 'outbound'] as const) {
      const [row] = await rowsInSession(running, kind, 'PRAGMA journal_mode')
      expect(row).toEqual({ journal_mode: 'delete' })
    }
  })

  it('a runner killed in mid-turn leaves nothing that keeps the next one from answering [S5]', async () => {
    const { memory, host, chat, driver } = await start()
    await memory.receive({ chatId: 'room', text: 'first' })
    await memory.waitForDelivery(1)
    for (let round = 0; round < 3; round += 1) {
      await memory.receive({ chatId: 'room', text: '!sleep 200' })
      await memory.receive({ chatId: 'room', text: `round ${round}` })
      for (const { pid } of await driver.list()) process.kill(pid, 'SIGKILL')
    }
    await host.whenQuiet(chat.id)
    const answers = memory.delivered.map(({ text }) => text).filter((text) => /round/.test(text))
    expect(answers).toEqual(['echo: round 0', 'echo: round 1', 'echo: round 2'])
  })
})
