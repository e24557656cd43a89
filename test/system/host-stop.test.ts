import { createMemoryAdapter } from '@nanoclaw/adapters/memory'
import { createProcessDriver, type SessionDriver } from '@nanoclaw/host'
import { describe, expect, it } from 'vitest'
import { childrenOfThisProcess } from '../support/children.ts'
import { useBareHosts } from './support/bare-host.ts'

const { core, hostOf, wired } = useBareHosts()

const never = () => new Promise<never>(() => undefined)

interface Told {
  readonly message: string
  readonly details: object
}

function keepErrors() {
  const errors: Told[] = []
  const quiet = () => undefined
  const error = (details: object, message: string) => void errors.push({ message, details })
  return { errors, logger: { debug: quiet, info: quiet, warn: quiet, error } }
}

const changed =
  (change: (sound: SessionDriver) => Partial<SessionDriver>) =>
  (deps: { readonly runFolder: string }): SessionDriver => {
    const sound = createProcessDriver(deps)
    return { ...sound, ...change(sound) }
  }

describe('stop', () => {
  it('of a host with an adapter that hangs ends the rest, and says who was late', async () => {
    const before = await childrenOfThisProcess()
    const { errors, logger } = keepErrors()
    const [hanging, good] = [createMemoryAdapter({ instance: 'hangs' }), createMemoryAdapter()]
    hanging.stop = never
    const host = hostOf({ adapters: [hanging, good], logger, settings: { graceMs: 0 } })
    await host.start()
    await host.stop()
    expect(good.health().state).toBe('down')
    expect(errors).toMatchObject([
      {
        message: 'a channel does not stop: no answer within 5000 ms',
        details: { channel: 'memory/hangs' },
      },
    ])
    expect(await childrenOfThisProcess()).toEqual(before)
    await using next = hostOf()
    await next.start()
  }, 20_000)

  it('of a host with an adapter that fails ends the rest', async () => {
    const before = await childrenOfThisProcess()
    const { errors, logger } = keepErrors()
    const [bad, good] = [createMemoryAdapter({ instance: 'bad' }), createMemoryAdapter()]
    bad.stop = () => {
      throw new Error('the spool is not flushed')
    }
    const host = hostOf({ adapters: [bad, good], logger })
    await host.start()
    await host.stop()
    expect(good.health().state).toBe('down')
    expect(errors.map(({ message }) => message)).toEqual([
      'a channel does not stop: the spool is not flushed',
    ])
    expect(await childrenOfThisProcess()).toEqual(before)
  })

  it('of a host whose driver cannot stop rejects when all else has ended', async () => {
    const before = await childrenOfThisProcess()
    const { logger } = keepErrors()
    const memory = createMemoryAdapter()
    const driver = changed(() => ({ stop: () => Promise.reject(new Error('no rights')) }))
    const host = hostOf({ adapters: [memory], driver, logger })
    await host.start()
    await expect(host.stop()).rejects.toThrow(
      'the host has stopped, but the driver process did not end: no rights',
    )
    expect(memory.health().state).toBe('down')
    expect(await childrenOfThisProcess()).toEqual(before)
    await using next = hostOf()
    await next.start()
  })

  it('waits for no container that does not start, and kills one that comes late', async () => {
    await wired()
    const before = await childrenOfThisProcess()
    const asked = Promise.withResolvers<AbortSignal | undefined>()
    const goOn = Promise.withResolvers<void>()
    const late = Promise.withResolvers<Promise<unknown>>()
    const driver = changed((sound) => ({
      start: async (spec, signal) => {
        asked.resolve(signal)
        await goOn.promise
        const container = await sound.start(spec)
        late.resolve(container.exited)
        return container
      },
    }))
    const memory = createMemoryAdapter()
    const host = hostOf({ adapters: [memory], driver })
    await host.start()
    await memory.receive({ chatId: 'room', text: '!hang' })
    const signal = await asked.promise
    const began = performance.now()
    await host.stop()
    expect(performance.now() - began).toBeLessThan(4_000)
    expect(signal?.aborted).toBe(true)
    expect((await core().sessions.running()).length).toBe(0)
    goOn.resolve()
    await await late.promise
    expect(await childrenOfThisProcess()).toEqual(before)
  })

  it('gives up a send whose adapter does not hear its signal, and keeps it as unknown', async () => {
    await wired()
    const calling = Promise.withResolvers<AbortSignal>()
    const memory = createMemoryAdapter()
    memory.deliver = (_origin, _part, { signal }) => {
      calling.resolve(signal)
      return never()
    }
    const host = hostOf({ adapters: [memory], settings: { graceMs: 50 } })
    await host.start()
    await memory.receive({ chatId: 'room', text: 'hello' })
    const signal = await calling.promise
    const began = performance.now()
    await host.stop()
    expect(performance.now() - began).toBeLessThan(4_000)
    expect(signal.aborted).toBe(true)
    const [session] = await core().sessions.list()
    if (session === undefined) throw new Error('expected a session, there is none')
    const mailbox = await core().mailboxes.open(session.agentGroupId, session.id)
    const [place] = await mailbox.unfinishedPlaces()
    if (place === undefined) throw new Error('expected a delivery that has not ended')
    const unfinished = await mailbox.unfinished(place, 10, '9999-01-01T00:00:00.000Z')
    expect(unfinished.map(({ status }) => status)).toEqual(['sending'])
    await mailbox.close()
  })
})

describe('start', () => {
  it('of one adapter that hangs holds up neither the others nor what is due', async () => {
    const chatId = await wired()
    const memory = createMemoryAdapter()
    const hanging = createMemoryAdapter({ instance: 'hangs' })
    hanging.start = never
    const started = Promise.withResolvers<void>()
    const start = memory.start.bind(memory)
    memory.start = async (ctx) => {
      await start(ctx)
      started.resolve()
    }
    const host = hostOf({ adapters: [hanging, memory] })
    const starting = host.start()
    await started.promise
    await memory.receive({ chatId: 'room', text: 'hello' })
    await host.whenQuiet(chatId)
    expect(memory.delivered.map(({ text }) => text)).toEqual(['echo: hello'])
    await Promise.all([expect(starting).rejects.toMatchObject({ code: 'closed' }), host.stop()])
  })

  it('that is aborted waits for no driver that does not answer', async () => {
    const given = Promise.withResolvers<AbortSignal | undefined>()
    const driver = changed(() => ({
      list: (signal) => {
        given.resolve(signal)
        return never()
      },
    }))
    const host = hostOf({ driver })
    const abort = new AbortController()
    const starting = host.start(abort.signal)
    const signal = await given.promise
    abort.abort(new Error('changed my mind'))
    await expect(starting).rejects.toThrow('changed my mind')
    expect(signal?.aborted).toBe(true)
  })
})
