import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { rowsInSession } from './support/session-files.ts'
import { useTestHosts, type TestHost } from './support/test-host.ts'

const { start } = useTestHosts()

const words = { unanswered: 'cannot answer', waiting: 'waits', recovered: 'can answer again' }
const asking = { onInterrupted: 'ask', chatWords: words, settings: { graceMs: 0 } } as const

const say = ({ memory }: TestHost, text: string) => memory.receive({ chatId: 'room', text })

const statuses = async (host: TestHost) =>
  (await rowsInSession(host, 'inbound', 'SELECT status FROM messages_in ORDER BY seq')).map(
    ({ status }) => status,
  )

/** How often the turn's effect has been had. */
async function effects({ core, agent }: TestHost): Promise<number> {
  const { folder } = await core.agents.prepareFolder(agent)
  const lines = await readFile(join(folder, 'effects'), 'utf8').catch(() => '')
  return lines.split('\n').length - 1
}

async function workUntilEffect(host: TestHost, text = '!effect effects\n!sleep 60000') {
  await say(host, text)
  await expect.poll(() => effects(host), { timeout: 20_000 }).toBe(1)
}

async function killRunner({ driver }: TestHost): Promise<void> {
  const [container] = await driver.list()
  if (container === undefined) throw new Error('expected a container to run')
  process.kill(container.pid, 'SIGKILL')
}

/** The incident, and the row that it is about. */
async function asked(host: TestHost) {
  const about = async () =>
    (await host.core.incidents.list({ open: true })).find(({ kind }) => kind === 'turn-interrupted')
  await expect.poll(about, { timeout: 20_000 }).toBeDefined()
  const incident = await about()
  const [id = ''] = /in-[0-9a-f-]+/.exec(incident?.message ?? '') ?? []
  return { sessionId: incident?.subject ?? '', id }
}

const open = async ({ core }: TestHost) =>
  (await core.incidents.list({ open: true })).map(({ kind }) => kind)

describe('a turn that was cut off, of an agent whose operator wants to be asked', () => {
  it('waits for a word, while the queue behind it goes on; then runs again', async () => {
    const host = await start(asking)
    await workUntilEffect(host)
    await killRunner(host)
    const { id } = await asked(host)
    await say(host, 'next')
    await host.memory.waitForDelivery(({ text }) => text === 'echo: next')
    expect(await statuses(host)).toEqual(['paused', 'completed'])
    expect(await host.host.requeue(id)).toMatchObject({ outcome: 'pending' })
    await expect.poll(() => effects(host), { timeout: 20_000 }).toBe(2)
    expect(await open(host)).not.toContain('turn-interrupted')
  })

  it('is not begun again by a host that comes back, however the last one ended', async () => {
    const host = await start(asking)
    await workUntilEffect(host)
    await host.stop()
    const again = await start(asking)
    await asked(again)
    await expect.poll(() => statuses(again)).toEqual(['paused'])
    await again.stop()
    const third = await start(asking)
    await say(third, 'next')
    await third.host.whenQuiet(third.chat.id)
    expect(await statuses(third)).toEqual(['paused', 'completed'])
    expect(await effects(third)).toBe(1)
  })

  it('is asked about again when it is cut off again, and only then', async () => {
    const host = await start(asking)
    await workUntilEffect(host)
    await killRunner(host)
    const { id } = await asked(host)
    await host.host.requeue(id)
    await expect.poll(() => effects(host), { timeout: 20_000 }).toBe(2)
    await killRunner(host)
    await asked(host)
    await expect.poll(() => statuses(host)).toEqual(['paused'])
    expect(await effects(host)).toBe(2)
  })

  it('ends as failed, with the word in the chat, when it is let be', async () => {
    const host = await start(asking)
    await workUntilEffect(host)
    await killRunner(host)
    const { sessionId } = await asked(host)
    expect(await host.host.letBe(sessionId)).toBe(true)
    await host.memory.waitForDelivery(({ text }) => text === words.unanswered)
    expect(await statuses(host)).toEqual(['failed'])
    expect(await open(host)).not.toContain('turn-interrupted')
    expect(await host.host.letBe(sessionId)).toBe(false)
    await say(host, 'hello')
    await host.memory.waitForDelivery(({ text }) => text === words.recovered)
    expect(await effects(host)).toBe(1)
  })
})

it('a turn that was cut off runs again by itself where nobody is to be asked', async () => {
  const host = await start()
  await workUntilEffect(host, '!effect effects\n!sleep 300')
  await killRunner(host)
  await host.host.whenQuiet(host.chat.id)
  expect([await effects(host), await statuses(host)]).toEqual([2, ['completed']])
})
