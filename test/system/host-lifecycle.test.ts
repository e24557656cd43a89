import { createMemoryAdapter } from '@nanoclaw/adapters/memory'
import type { AdapterContext } from '@nanoclaw/adapters'
import { createCore } from '@nanoclaw/core'
import { createProcessDriver, isNanoclawError, type SessionDriver } from '@nanoclaw/host'
import { describe, expect, it } from 'vitest'
import { childrenOfThisProcess } from '../support/children.ts'
import { useBareHosts } from './support/bare-host.ts'

const { core, home, hostOf, wired } = useBareHosts()

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
    await expect.poll(() => slow.stops(), { timeout: 20_000 }).toBe(2)
    expect(slow.memory.health().state).toBe('down')
    await expect(host.start()).rejects.toEqual(closed)
  })

  it('that had been aborted before begins nothing', async () => {
    const calls: string[] = []
    const note = (name: string) => async () => void calls.push(name)
    const memory = createMemoryAdapter()
    Object.assign(memory, { start: note('adapter.start'), stop: note('adapter.stop') })
    const driver = createProcessDriver({ runFolder: `${core().layout.run}/containers` })
    const host = hostOf({
      adapters: [memory],
      driver: {
        ...driver,
        start: () => Promise.reject(new Error('start')),
        list: async () => {
          calls.push('driver.list')
          return []
        },
      },
      reader: {
        ready: note('reader.ready'),
        read: () => Promise.reject(new Error('read')),
        stop: note('reader.stop'),
      },
    })
    await expect(host.start(AbortSignal.abort(new Error('too late')))).rejects.toThrow('too late')
    expect(calls).toEqual([])
    const lock = await core().lockHome()
    lock.release()
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

describe('what is given', () => {
  it('a reader stays the caller’s; a driver does not', async () => {
    const stops: string[] = []
    const driver = createProcessDriver({ runFolder: `${core().layout.run}/containers` })
    const noting: SessionDriver = {
      ...driver,
      stop: async () => {
        stops.push('driver')
        await driver.stop()
      },
    }
    const host = hostOf({
      driver: noting,
      reader: {
        read: () => Promise.reject(new Error('nothing is to be read')),
        stop: async () => void stops.push('reader'),
      },
    })
    await host.start()
    await host.stop()
    expect(stops).toEqual(['driver'])
  })

  it('settings that no timer can hold are refused, by name', () => {
    expect(() => hostOf({ settings: { deliveryTimeoutMs: Infinity } })).toThrow(
      expect.objectContaining({
        code: 'bad-option',
        message: expect.stringContaining('deliveryTimeoutMs'),
      }),
    )
  })

  it('an idle time without an end lets a container idle, and sets no timer', async () => {
    const warnings: string[] = []
    const note = ({ name }: Error) => void warnings.push(name)
    process.on('warning', note)
    const chatId = await wired()
    const memory = createMemoryAdapter()
    const host = hostOf({ adapters: [memory], settings: { idleMs: Infinity } })
    await host.start()
    await memory.receive({ chatId: 'room', text: 'hello' })
    await host.whenQuiet(chatId)
    expect(host.status().containers).toBe(1)
    await host.stop()
    process.off('warning', note)
    expect(warnings).toEqual([])
  })

  it('a driver without a shared kernel needs a core whose journal is delete', async () => {
    const apart = (deps: { readonly runFolder: string }): SessionDriver => ({
      ...createProcessDriver(deps),
      capabilities: { sharedKernel: false, isolation: 'none' },
    })
    expect(() => hostOf({ driver: apart })).toThrow(
      expect.objectContaining({
        code: 'bad-option',
        message: expect.stringContaining("journal: 'delete'"),
      }),
    )
    await using inDeleteMode = await createCore({ home: home(), journal: 'delete' })
    hostOf({ core: inDeleteMode, driver: apart })
  })

  it('an adapter that cannot say how it stands shows as down, and holds up no other', async () => {
    const chatId = await wired()
    const memory = createMemoryAdapter()
    const mute = createMemoryAdapter({ instance: 'mute' })
    mute.health = () => {
      throw new Error('no socket')
    }
    const host = hostOf({ adapters: [memory, mute] })
    await host.start()
    const [, channel] = host.status().channels
    expect(channel).toMatchObject({ instance: 'mute', state: 'down' })
    await memory.receive({ chatId: 'room', text: 'hello' })
    await host.whenQuiet(chatId)
    expect(memory.delivered.map(({ text }) => text)).toEqual(['echo: hello'])
    await host.stop()
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
