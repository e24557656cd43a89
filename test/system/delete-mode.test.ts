import { createProcessDriver } from '@nanoclaw/host'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { rowsOf } from './support/session-files.ts'
import { startTestHost, temporaryHome, type TestHost } from './support/test-host.ts'

let home: Awaited<ReturnType<typeof temporaryHome>>
let running: TestHost | undefined

beforeEach(async () => {
  home = await temporaryHome()
})

afterEach(async () => {
  await running?.stop()
  running = undefined
  await home.remove()
})

/** A driver whose containers do not share the host's kernel, as far as the host is told. */
async function start(): Promise<TestHost> {
  running = await startTestHost({
    home: home.home,
    journal: 'delete',
    driver: (deps) => ({
      ...createProcessDriver(deps),
      capabilities: { sharedKernel: false, isolation: 'none' },
    }),
  })
  return running
}

describe('without a shared kernel both files run in DELETE mode', () => {
  it('and a conversation is the same', async () => {
    const { memory, host, chat, core } = await start()
    for (const text of ['one', 'two', 'three']) await memory.receive({ chatId: 'room', text })
    await host.whenQuiet(chat.id)
    expect(memory.delivered.map(({ text }) => text)).toEqual([
      'echo: one',
      'echo: two',
      'echo: three',
    ])
    const [session] = await core.sessions.forChat(chat.id)
    if (session === undefined) throw new Error('expected a session')
    const files = core.layout.session(session.agentGroupId, session.id)
    for (const kind of ['inbound', 'outbound'] as const) {
      expect(rowsOf(files, kind, 'PRAGMA journal_mode')).toEqual([{ journal_mode: 'delete' }])
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
