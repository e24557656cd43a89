import { createMemoryAdapter, type MemoryAdapter } from '@nanoclaw/adapters/memory'
import { runner } from '@nanoclaw/container-runtime'
import { createCore, type Core } from '@nanoclaw/core'
import { createHost, createProcessDriver, type Host, type SessionDriver } from '@nanoclaw/host'
import { onTestFinished, expect, it } from 'vitest'
import { childrenOfThisProcess } from '../support/children.ts'
import { temporaryHome } from './support/test-host.ts'

interface Inhabited {
  readonly core: Core
  readonly host: Host
  readonly memory: MemoryAdapter
  readonly driver: SessionDriver
  readonly chatId: string
  /** What the host said to its logger, as text. */
  readonly log: string[]
}

/** A host on a home of its own, in this process; both have an agent and a chat of the same names. */
async function inhabit(): Promise<Inhabited> {
  const { home, remove } = await temporaryHome()
  const log: string[] = []
  const line = (details: object, message: string): void => {
    log.push(`${message} ${JSON.stringify(details)}`)
  }
  const logger = { debug: line, info: line, warn: line, error: line }
  const core = await createCore({ home, logger })
  const agent = await core.agents.create({ name: 'Ada' })
  await core.people.add({
    channelType: 'memory',
    channelInstance: '',
    handle: 'ann',
    role: { role: 'member' },
  })
  const chat = await core.chats.create({ channelType: 'memory', platformId: 'room', name: 'room' })
  await core.wirings.create({ agentGroupId: agent.id, messagingGroupId: chat.id })
  const memory = createMemoryAdapter()
  const driver = createProcessDriver({ runFolder: `${core.layout.run}/containers` })
  const settings = { graceMs: 2_000 }
  const limits = { maxContainers: 1 }
  const host = createHost({ core, adapters: [memory], driver, runner, logger, settings, limits })
  onTestFinished(async () => {
    await host.stop()
    await core.close()
    await remove()
  })
  await host.start()
  return { core, host, memory, driver, chatId: chat.id, log }
}

const texts = (one: Inhabited) => one.memory.delivered.map(({ text }) => text)

it('two hosts in one process, on two homes, know nothing of each other', async () => {
  const before = await childrenOfThisProcess()
  const [one, other] = await Promise.all([inhabit(), inhabit()])
  await Promise.all([
    one.memory.receive({ chatId: 'room', text: 'to one' }),
    other.memory.receive({ chatId: 'room', text: 'to the other' }),
  ])
  await Promise.all([one, other].map(({ host, chatId }) => host.whenQuiet(chatId)))
  expect(texts(one)).toEqual(['echo: to one'])
  expect(texts(other)).toEqual(['echo: to the other'])

  // One container each, of one slot each, in records of their own; and a reader each.
  const lists = await Promise.all([one.driver.list(), other.driver.list()])
  expect(lists.map((list) => list.map(({ installId }) => installId))).toEqual([
    [one.core.installId],
    [other.core.installId],
  ])
  expect([one, other].map(({ host }) => host.status().containers)).toEqual([1, 1])
  expect((await childrenOfThisProcess()).length).toBe(before.length + 4)

  // What goes wrong in one is no trouble of the other.
  await other.memory.receive({ chatId: 'room', text: '!error fatal broken' })
  await other.host.whenQuiet(other.chatId)
  expect((await other.core.incidents.list({ open: true })).map(({ kind }) => kind)).toEqual([
    'row-failed',
  ])
  expect(await one.core.incidents.list({ open: true })).toEqual([])
  expect(one.log.join('\n')).not.toContain('broken')

  // Nor is its end.
  await other.host.stop()
  expect(await other.driver.list()).toEqual([])
  expect((await childrenOfThisProcess()).length).toBe(before.length + 2)
  await one.memory.receive({ chatId: 'room', text: 'still there?' })
  await one.host.whenQuiet(one.chatId)
  expect(texts(one)).toEqual(['echo: to one', 'echo: still there?'])
  await one.host.stop()
  expect(await childrenOfThisProcess()).toEqual(before)
})
