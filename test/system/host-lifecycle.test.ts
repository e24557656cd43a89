import { createMemoryAdapter } from '@nanoclaw/adapters/memory'
import type { AdapterContext } from '@nanoclaw/adapters'
import { runner } from '@nanoclaw/container-runtime'
import { createCore, type Core } from '@nanoclaw/core'
import { createHost, createProcessDriver, isNanoclawError, type HostOptions } from '@nanoclaw/host'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { childrenOfThisProcess } from '../support/children.ts'
import { temporaryHome } from './support/test-host.ts'

let core: Core
let cleanUp: () => Promise<void>

beforeEach(async () => {
  const { home, remove } = await temporaryHome()
  core = await createCore({ home })
  cleanUp = async () => {
    await core.close()
    await remove()
  }
})
afterEach(() => cleanUp())

function hostOf(options: Partial<HostOptions> = {}) {
  return createHost({ core, adapters: [], driver: createProcessDriver, runner, ...options })
}

async function wired(): Promise<string> {
  const agent = await core.agents.create({ name: 'Ada' })
  const chat = await core.chats.create({ channelType: 'memory', platformId: 'room', name: 'room' })
  await core.wirings.create({ agentGroupId: agent.id, messagingGroupId: chat.id })
  return chat.id
}

const closed = expect.objectContaining({ code: 'closed' })

describe('a host of core, adapters, driver and runner', () => {
  it('answers, and leaves nothing running when it is disposed of', async () => {
    const chatId = await wired()
    const before = await childrenOfThisProcess()
    const memory = createMemoryAdapter()
    const host = hostOf({ adapters: [memory] })
    await host.start()
    await memory.receive({ chatId: 'room', text: 'hello' })
    await host.whenQuiet(chatId)
    expect(memory.delivered.map(({ text }) => text)).toEqual(['echo: hello'])
    expect((await childrenOfThisProcess()).length).toBeGreaterThan(before.length)
    await host[Symbol.asyncDispose]()
    expect(await childrenOfThisProcess()).toEqual(before)
  })

  it('gives the adapters its fetch, and its end as a signal', async () => {
    const given = Promise.withResolvers<AdapterContext>()
    const memory = createMemoryAdapter()
    const start = memory.start.bind(memory)
    memory.start = (ctx) => {
      given.resolve(ctx)
      return start(ctx)
    }
    const fetch = () => Promise.resolve(new Response('from a fake'))
    const host = hostOf({ adapters: [memory], fetch })
    await host.start()
    const ctx = await given.promise
    expect(await (await ctx.fetch('http://nowhere.invalid')).text()).toBe('from a fake')
    expect(ctx.signal.aborted).toBe(false)
    await host.stop()
    expect(ctx.signal.aborted).toBe(true)
    await expect(ctx.handOver(Object.create(null))).rejects.toEqual(closed)
  })
})

describe('start', () => {
  /** An adapter that never comes to an end of its start by itself. */
  function slowAdapter() {
    const begun = Promise.withResolvers<void>()
    const mayGoOn = Promise.withResolvers<void>()
    let stops = 0
    const memory = createMemoryAdapter()
    const { start, stop } = { start: memory.start.bind(memory), stop: memory.stop.bind(memory) }
    memory.start = async (ctx) => {
      begun.resolve()
      await mayGoOn.promise
      await start(ctx)
    }
    memory.stop = async () => {
      stops += 1
      await stop()
    }
    return { memory, begun: begun.promise, goOn: mayGoOn.resolve, stops: () => stops }
  }

  it('that is aborted in the middle leaves nothing running', async () => {
    const before = await childrenOfThisProcess()
    const slow = slowAdapter()
    const host = hostOf({ adapters: [slow.memory] })
    const abort = new AbortController()
    const starting = host.start(abort.signal)
    await slow.begun
    abort.abort(new Error('changed my mind'))
    await expect(starting).rejects.toThrow('changed my mind')
    expect(await childrenOfThisProcess()).toEqual(before)
    slow.goOn()
    await expect.poll(() => slow.stops()).toBe(2)
    expect(slow.memory.health().state).toBe('down')
    await expect(host.start()).rejects.toEqual(closed)
  })

  it('that had been aborted before begins nothing', async () => {
    const slow = slowAdapter()
    const host = hostOf({ adapters: [slow.memory] })
    await expect(host.start(AbortSignal.abort(new Error('too late')))).rejects.toThrow('too late')
    slow.goOn()
    expect(slow.memory.health().state).toBe('down')
  })

  it('ends with the host that is stopped meanwhile', async () => {
    const before = await childrenOfThisProcess()
    const slow = slowAdapter()
    const host = hostOf({ adapters: [slow.memory] })
    const starting = host.start()
    await slow.begun
    const stopping = host.stop()
    await expect(starting).rejects.toEqual(closed)
    await stopping
    expect(await childrenOfThisProcess()).toEqual(before)
  })

  it('of an adapter whose options are wrong rejects with its error and ends the others', async () => {
    const before = await childrenOfThisProcess()
    const good = createMemoryAdapter()
    const bad = createMemoryAdapter({ instance: 'bad' })
    bad.start = () => Promise.reject(new Error('no such token'))
    const host = hostOf({ adapters: [good, bad] })
    await expect(host.start()).rejects.toThrow('no such token')
    expect(good.health().state).toBe('down')
    expect(await childrenOfThisProcess()).toEqual(before)
  })

  it('without a runner says where none is', async () => {
    const host = hostOf({ runner: { folder: '/nowhere', entry: 'runner.js' } })
    const error: unknown = await host.start().catch((thrown: unknown) => thrown)
    expect(isNanoclawError(error) && error.code).toBe('bad-option')
    expect(String(error)).toContain('/nowhere/runner.js')
  })
})

describe('waiting', () => {
  it('for a chat to go quiet ends with the host, or with a signal', async () => {
    const chatId = await wired()
    const memory = createMemoryAdapter()
    const host = hostOf({ adapters: [memory], settings: { graceMs: 50 } })
    await host.start()
    await memory.receive({ chatId: 'room', text: '!hang' })
    const abort = new AbortController()
    const impatient = host.whenQuiet(chatId, abort.signal)
    const patient = host.whenQuiet(chatId)
    abort.abort(new Error('no time'))
    await expect(impatient).rejects.toThrow('no time')
    const refused = expect(patient).rejects.toEqual(closed)
    await host.stop()
    await refused
  })

  it('for a release ends with a signal', async () => {
    const host = hostOf()
    await host.start()
    await expect(host.release('sess-none', AbortSignal.abort(new Error('no')))).rejects.toThrow(
      'no',
    )
    expect(await host.release('sess-none')).toBe(false)
    await host.stop()
  })
})

it('two adapters of one channel and instance are refused with a code', () => {
  const twice = () => hostOf({ adapters: [createMemoryAdapter(), createMemoryAdapter()] })
  expect(twice).toThrow(expect.objectContaining({ code: 'bad-option' }))
})
