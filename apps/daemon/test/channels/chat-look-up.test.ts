import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { ChannelAdapter } from '@nanoclaw/adapters'
import { createMemoryAdapter } from '@nanoclaw/adapters/memory'
import { createCore, type Agent, type Core } from '@nanoclaw/core'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { createChannelBoard } from '../../src/channels/channel-board.ts'
import { createChatLookUp, wireConfigured } from '../../src/channels/chat-look-up.ts'
import { createRedactor } from '../../src/channels/redactor.ts'
import { toEntry } from '../../src/config/channel-entries.ts'

let home = ''
let core: Core
let agent: Agent

beforeEach(async () => {
  home = mkdtempSync(join(tmpdir(), 'nc-look-up-'))
  core = await createCore({ home })
  agent = await core.agents.create({ name: 'nano', provider: 'scripted' })
})

afterEach(async () => {
  vi.useRealTimers()
  await core.close()
  rmSync(home, { recursive: true, force: true })
})

const entry = toEntry({ adapter: 'toy', chats: [{ id: 'C1' }, { name: 'team' }] }, {})

async function lookUp(resolve: NonNullable<ChannelAdapter['resolve']>) {
  const quiet = (): void => {}
  const log = { debug: quiet, info: quiet, warn: quiet, error: quiet, close: quiet }
  const board = createChannelBoard({ core, log })
  const adapter = Object.assign(createMemoryAdapter(), { resolve: vi.fn(resolve) })
  const deps = { core, agent, board }
  await wireConfigured(entry, adapter, { id: 'C1', name: 'C1' }, deps)
  const redactor = createRedactor(['canary'])
  return { chats: createChatLookUp(entry, adapter, redactor, deps), adapter }
}

async function incidents(): Promise<readonly string[]> {
  return (await core.incidents.list({ open: true })).map(({ message }) => message)
}

it('holds no message of a chat that is known by its id', async () => {
  const { chats, adapter } = await lookUp(() => new Promise(() => {}))
  void chats.run()
  await chats.before('C1')
  expect(adapter.resolve).toHaveBeenCalledOnce()
})

it('lets a message of an unknown chat wait until it is known whose it is', async () => {
  const found = Promise.withResolvers<string>()
  const { chats, adapter } = await lookUp(() => found.promise)
  const waiting = chats.before('C2')
  await vi.waitFor(() => expect(adapter.resolve).toHaveBeenCalledOnce())
  found.resolve('C2')
  await waiting
  const wired = (await core.chats.list()).map(({ platformId }) => platformId)
  expect(wired).toEqual(['C1', 'C2'])
})

it('tells of a name that cannot be looked up, without secrets, and lets all messages go on', async () => {
  const { chats, adapter } = await lookUp(() => Promise.reject(new Error('no rights, canary')))
  await chats.run()
  expect(await incidents()).toEqual([
    'the chat "team" of the channel toy is not used: it cannot be looked up: no rights, [secret]',
  ])
  await chats.before('C2')
  await chats.before('C3')
  expect(adapter.resolve).toHaveBeenCalledOnce()
})

it('gives a look-up up that gets no answer', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  const { chats, adapter } = await lookUp(() => new Promise(() => {}))
  const waiting = chats.before('C2')
  await vi.waitFor(() => expect(adapter.resolve).toHaveBeenCalledOnce())
  await vi.advanceTimersByTimeAsync(10_000)
  await waiting
  expect(await incidents()).toEqual([expect.stringContaining('within 10 seconds')])
})

it('looks a name up again after a while, and settles what was told', async () => {
  vi.useFakeTimers({ toFake: ['performance'] })
  const ids = new Map<string, string>()
  const { chats } = await lookUp(async (name) => ids.get(name))
  await chats.run()
  expect(await incidents()).toEqual([expect.stringContaining('the platform knows none')])
  ids.set('team', 'C2')
  await chats.before('C2')
  expect(await incidents()).toHaveLength(1)
  vi.advanceTimersByTime(60_000)
  await chats.before('C2')
  expect(await incidents()).toEqual([])
})
