import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createTerminalAdapter } from '@nanoclaw/adapters/terminal'
import type { AdapterContext } from '@nanoclaw/adapters'
import { timestamp } from '@nanoclaw/schema'
import { createCore, type Agent, type Core } from '@nanoclaw/core'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createChannelBoard } from '../../src/channels/channel-board.ts'
import { openChannels } from '../../src/channels/open-channels.ts'
import { toEntry, type StoredChannel } from '../../src/config/channel-entries.ts'
import { adapterSource, installModule } from './packages.ts'

const canary = 'canary-7f3a'
const secretToken = {
  type: 'object',
  properties: { token: { type: 'string', writeOnly: true }, url: { type: 'string' } },
}

let home = ''
let core: Core
let agent: Agent
let warned: string[] = []

beforeEach(async () => {
  home = mkdtempSync(join(tmpdir(), 'nc-open-'))
  core = await createCore({ home })
  agent = await core.agents.create({ name: 'nano', provider: 'scripted' })
  warned = []
})

afterEach(async () => {
  await core.close()
  rmSync(home, { recursive: true, force: true })
})

async function open(stored: readonly StoredChannel[], env: NodeJS.ProcessEnv = {}) {
  const quiet = (): void => {}
  const warn = (_details: object, message: string): void => void warned.push(message)
  const log = { debug: quiet, info: quiet, warn, error: warn, close: quiet }
  const entries = stored.map((each) => toEntry(each, env))
  const board = createChannelBoard({ core, log })
  await board.settleOthers(entries)
  const taken = [createTerminalAdapter()]
  const opened = await openChannels(entries, { home, core, agent, log, board, taken })
  return { ...opened, board }
}

async function incidents() {
  return (await core.incidents.list({ open: true })).map(({ subject, message }) => {
    return { subject, message }
  })
}

it('opens what works, and tells of each that does not', async () => {
  installModule(home, 'good', adapterSource({ channelType: 'good' }))
  installModule(
    home,
    'bad-options',
    adapterSource({ validate: "return { issues: [{ message: 'too old', path: ['token'] }] }" }),
  )
  installModule(home, 'bad-create', adapterSource({ create: "throw new Error('no account')" }))
  installModule(home, 'bad-type', adapterSource({ members: "channelType: 'other'," }))
  installModule(home, 'bad-instance', adapterSource({ members: "instance: 'other'," }))
  installModule(home, 'bad-shape', adapterSource({ members: 'deliver: 1,' }))
  const noRoom = 'capabilities: { ...capabilities, textLength: 0 },'
  installModule(home, 'no-room', adapterSource({ members: noRoom }))
  const claims = 'capabilities: { ...capabilities, history: true },'
  installModule(home, 'no-history', adapterSource({ members: claims }))
  const names = [
    'good',
    'bad-options',
    'bad-create',
    'bad-type',
    'bad-instance',
    'bad-shape',
    'no-room',
    'no-history',
    'gone',
  ]
  const { adapters, board } = await open(names.map((adapter) => ({ adapter })))
  expect(adapters.map(({ channelType }) => channelType)).toEqual(['good'])
  expect(await incidents()).toHaveLength(names.length - 1)
  const told = Object.fromEntries(board.list().map(({ adapter, why }) => [adapter, why]))
  expect(told).toMatchObject({
    'bad-options': 'its options are refused: token: too old',
    'bad-create': 'its create() failed: no account',
    'bad-type': expect.stringContaining(
      'expected the channelType "toy" of its definition, got "other"',
    ),
    'bad-instance': expect.stringContaining(
      'expected the instance "" that it was given, got "other"',
    ),
    'bad-shape': expect.stringContaining('expected a function "deliver"'),
    'no-room': expect.stringContaining(
      'its capabilities.textLength: expected a whole number of at least 1',
    ),
    'no-history': expect.stringContaining('expected a function "history"'),
    gone: expect.stringContaining('gone is not installed'),
  })
  expect(warned).toContain(`the channel gone does not run: ${told.gone}`)
  expect(board.list().find(({ adapter }) => adapter === 'good')).toMatchObject({
    channelType: 'good',
    state: 'connected',
  })
})

it('lets two bots of one platform side by side, and no two of one instance', async () => {
  installModule(home, 'twin-a', adapterSource({ channelType: 'twin' }))
  installModule(home, 'twin-b', adapterSource({ channelType: 'twin' }))
  installModule(home, 'own-terminal', adapterSource({ channelType: 'terminal' }))
  const { adapters, board } = await open([
    { adapter: 'twin-a' },
    { adapter: 'twin-a', instance: 'second' },
    { adapter: 'twin-b', instance: 'second' },
    { adapter: 'own-terminal' },
  ])
  expect(adapters.map(({ instance }) => instance)).toEqual(['', 'second'])
  expect(board.list().flatMap(({ state, why }) => (state === 'failed' ? why : []))).toEqual([
    'there is a channel twin with the instance "second" already; give one of them another "instance"',
    'there is a channel terminal already; give one of them another "instance"',
  ])
})

it('makes the chats with an id and wires them to the agent, once', async () => {
  installModule(home, 'chatty', adapterSource({ channelType: 'chatty' }))
  const stored = [{ adapter: 'chatty', chats: [{ id: 'C1' }, { id: 'C2', name: 'kitchen' }] }]
  await open(stored)
  await open(stored)
  const chats = await core.chats.list()
  expect(chats.map(({ platformId, name }) => [platformId, name])).toEqual([
    ['C1', 'C1'],
    ['C2', 'kitchen'],
  ])
  expect((await core.wirings.list()).map(({ agentGroupId }) => agentGroupId)).toEqual([
    agent.id,
    agent.id,
  ])
})

it('looks chats up that have a name only, and tells of those that are not there', async () => {
  installModule(
    home,
    'finder',
    adapterSource({
      channelType: 'finder',
      members: "resolve: async (name) => (name === 'kitchen' ? 'C9' : undefined),",
    }),
  )
  const stored = [{ adapter: 'finder', chats: [{ name: 'kitchen' }, { name: 'cellar' }] }]
  const { adapters } = await open(stored)
  await adapters[0]?.start(context())
  await vi.waitFor(async () => expect(await incidents()).toHaveLength(1))
  expect(await incidents()).toMatchObject([{ subject: 'finder: cellar' }])
  expect((await core.chats.list()).map(({ platformId }) => platformId)).toEqual(['C9'])
  const kitchen = [{ adapter: 'finder', chats: [{ name: 'kitchen' }] }]
  await open(kitchen)
  expect(await incidents()).toEqual([])
})

describe('a package that takes long', () => {
  beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] }))
  afterEach(() => void vi.useRealTimers())

  it('keeps the others for a moment only, and is taken when it comes', async () => {
    const loading = Promise.withResolvers<void>()
    Reflect.set(globalThis, 'slowToyLoads', loading.promise)
    const wait = 'await globalThis.slowToyLoads'
    installModule(home, 'slow', `${wait}\n${adapterSource({ channelType: 'slow' })}`)
    const made = Promise.withResolvers<void>()
    Reflect.set(globalThis, 'quickToyIsMade', made.resolve)
    const tell = 'globalThis.quickToyIsMade()'
    installModule(home, 'quick', adapterSource({ channelType: 'quick', create: tell }))
    const opening = open([{ adapter: 'slow' }, { adapter: 'quick' }])
    await made.promise
    await vi.advanceTimersByTimeAsync(3_000)
    const { adapters, late, board } = await opening
    expect(adapters.map(({ channelType }) => channelType)).toEqual(['quick'])
    expect(board.list()).toMatchObject([
      { adapter: 'slow', state: 'down', why: 'its package is still being loaded' },
      { adapter: 'quick', state: 'connected' },
    ])
    loading.resolve()
    expect((await late[0])?.channelType).toBe('slow')
    expect(board.list().map(({ state }) => state)).toEqual(['connected', 'connected'])
  })

  it.each([
    ['is loaded', 'await new Promise(() => {})'],
    ['checks its options', adapterSource({ validate: 'return new Promise(() => {})' })],
  ])('is given up where it never answers while it %s', async (what, source) => {
    const adapter = `never-${what.length}`
    installModule(home, adapter, source)
    const opening = open([{ adapter }])
    await vi.advanceTimersByTimeAsync(20_000)
    const { late, board } = await opening
    expect(await Promise.all(late)).toEqual(late.map(() => undefined))
    expect(board.list()).toMatchObject([
      { state: 'failed', why: expect.stringContaining('within 20 seconds') },
    ])
  })
})

it('settles the incident of a channel when it has started, and when it is configured no more', async () => {
  await open([{ adapter: 'late' }, { adapter: 'never' }])
  expect(await incidents()).toHaveLength(2)
  installModule(home, 'late', adapterSource({ channelType: 'late' }))
  const { adapters } = await open([{ adapter: 'late' }])
  expect((await incidents()).map(({ subject }) => subject)).toEqual(['late'])
  await adapters[0]?.start(context())
  await vi.waitFor(async () => expect(await incidents()).toEqual([]))
})

it('tells no secret, whoever has thrown it', async () => {
  const jsonSchema = secretToken
  installModule(
    home,
    'tells-a',
    adapterSource({ jsonSchema, validate: 'throw new Error(value.token)' }),
  )
  installModule(
    home,
    'tells-b',
    adapterSource({
      jsonSchema,
      create: "throw new Error('GET ' + options.url + '/bot' + options.token)",
    }),
  )
  const options = { token: canary, url: 'http://a.example' }
  const { board } = await open(
    [
      { adapter: 'tells-a', options },
      { adapter: 'tells-b', options: { ...options, token: { env: 'TOY' } } },
    ],
    { TOY: canary },
  )
  const told = JSON.stringify([board.list(), await incidents(), warned])
  expect(told).not.toContain(canary)
  expect(told).toContain('GET http://a.example/bot[secret]')
})

function context(): AdapterContext {
  const quiet = (): void => {}
  return {
    handOver: async () => ({ outcome: 'accepted' }),
    state: core.channelState('toy', ''),
    logger: { debug: quiet, info: quiet, warn: quiet, error: quiet },
    clock: { now: () => timestamp(core.clock) },
    fetch: globalThis.fetch,
    signal: new AbortController().signal,
    deliveryUpdate: async () => {},
    healthChanged: quiet,
  }
}

it('knows what the configuration says of a channel’s deliveries, by the channel’s type', async () => {
  installModule(home, 'patient', adapterSource({ channelType: 'slow-platform' }))
  const delivery = { timeoutSeconds: 90, unknownOutcome: 'ask' as const }
  const { board } = await open([{ adapter: 'patient', delivery }])
  const found = board.deliveryOf({ channelType: 'slow-platform', instance: '' })
  expect(found).toEqual({ deliveryTimeoutMs: 90_000, unknownOutcome: 'ask' })
  expect(board.deliveryOf({ channelType: 'slow-platform', instance: 'second' })).toBeUndefined()
  expect(board.deliveryOf({ channelType: 'terminal', instance: '' })).toBeUndefined()
})
