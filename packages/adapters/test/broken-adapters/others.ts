import { setTimeout as wait } from 'node:timers/promises'
import type { AdapterContext, ChannelAdapter, InboundEvent } from '../../src/index.ts'
import type { MemoryAdapter } from '../../src/memory.ts'
import { withContext, type Broken } from '../support/break-adapter.ts'
import { altered } from '../support/memory-harness.ts'

const never = new Promise<never>(() => undefined)

const connected = (memory: MemoryAdapter): ChannelAdapter =>
  altered(memory, { health: () => ({ state: 'connected', since: new Date().toISOString() }) })

/** Lifecycle, lookups and health, broken. */
export const brokenOthers: readonly Broken[] = [
  {
    test: 'start: called twice it starts once, and hands each message over once',
    says: /handed over 2 times/,
    wrap: (memory) => {
      let starts = 0
      return altered(memory, {
        start: async (ctx) => {
          starts += 1
          const handOver = async (event: InboundEvent) => {
            for (let copy = 1; copy < starts; copy += 1) await ctx.handOver(event)
            return await ctx.handOver(event)
          }
          await memory.start({ ...ctx, handOver })
        },
      })
    },
  },
  {
    test: 'stop: resolves when called twice, and when never started',
    says: /stop\(\) did not settle/,
    wrap: (memory) => {
      let stops = 0
      return altered(memory, { stop: () => ((stops += 1) > 1 ? never : memory.stop()) })
    },
  },
  {
    test: 'stop: resolves only after the hand-over in flight has ended',
    says: /while handOver\(\) was still running/,
    wrap: (memory) => altered(memory, { stop: async () => void memory.stop() }),
  },
  {
    test: 'stop: resolves only after the delivery in flight has settled, and does not cut it off',
    says: /cut off a deliver\(\) whose signal was not aborted/,
    wrap: (memory) => {
      const stopping = new AbortController()
      return altered(memory, {
        deliver: (origin, part, options) => {
          const signal = AbortSignal.any([options.signal, stopping.signal])
          return memory.deliver(origin, part, { ...options, signal })
        },
        stop: async () => {
          stopping.abort()
          await memory.stop()
        },
      })
    },
  },
  {
    test: 'stop: resolves only after the delivery in flight has settled, and does not cut it off',
    says: /while deliver\(\) was still waiting/,
    wrap: (memory) =>
      altered(memory, {
        deliver: (...given) =>
          memory.deliver(...given).catch(async (error: unknown) => {
            await wait(50)
            throw error
          }),
      }),
  },
  {
    test: 'stop: afterwards nothing is handed over',
    says: /after stop\(\) had resolved/,
    wrap: (memory) => altered(memory, { stop: async () => {} }),
  },
  {
    test: 'stop: called while start() is under way it ends what that begins',
    says: /connected after start\(\) and stop\(\)/,
    wrap: (memory) =>
      altered(memory, {
        start: async (ctx) => {
          await wait(5)
          await memory.start(ctx)
        },
      }),
  },
  {
    test: 'stop, then start: the adapter works again, in both directions',
    says: /did not hand over the message "again"/,
    wrap: (memory) => {
      let starts = 0
      return altered(memory, {
        start: async (ctx) => {
          starts += 1
          if (starts === 1) await memory.start(ctx)
        },
      })
    },
  },
  {
    test: 'asyncDispose: where there is one it is the same as stop',
    says: /after it was disposed of/,
    wrap: (memory) => altered(memory, { [Symbol.asyncDispose]: async () => {} }),
  },
  {
    test: 'history, where claimed: messages oldest first, under the names of their hand-over',
    says: /history\(\) gives/,
    wrap: (memory) =>
      altered(memory, {
        history: async function* (chatId, since) {
          const found: InboundEvent[] = []
          for await (const event of memory.history?.(chatId, since) ?? []) found.unshift(event)
          yield* found
        },
      }),
  },
  {
    test: 'history, where claimed: only what is later than `since`',
    says: /messages up to then/,
    wrap: (memory) =>
      altered(memory, {
        history: (chatId) => memory.history?.(chatId, '1970-01-01T00:00:00.000Z') ?? nothing(),
      }),
  },
  {
    test: 'reconcile, where there is one: what was sent is found, with its id',
    says: /says "unknown" of what the chat shows/,
    wrap: (memory) => altered(memory, { reconcile: async () => ({ outcome: 'unknown' }) }),
  },
  {
    test: '[L5] reconcile, where there is one: never not-sent of what the platform has taken',
    says: /says "not-sent" of what the chat shows/,
    wrap: (memory) => altered(memory, { reconcile: async () => ({ outcome: 'not-sent' }) }),
  },
  {
    test: 'reconcile, where there is one: never sent of what the platform has not taken',
    says: /says "sent" of what the chat does not show/,
    wrap: (memory) => altered(memory, { reconcile: async () => ({ outcome: 'sent' }) }),
  },
  {
    test: 'reconcile, where there is one: never not-sent of what the platform has forgotten',
    says: /A year later reconcile\(\) says "not-sent"/,
    options: { reconcile: true },
    wrap: (memory) => altered(memory, { reconcile: async () => ({ outcome: 'not-sent' }) }),
  },
  {
    test: 'reconcile, where there is one: never not-sent while the platform cannot be asked',
    says: /says "not-sent", and the platform cannot be asked/,
    options: { reconcile: true },
    wrap: (memory) =>
      altered(memory, {
        reconcile: async (key) => {
          const found = await memory.reconcile?.(key)
          return found?.outcome === 'sent' ? found : { outcome: 'not-sent' }
        },
      }),
  },
  {
    test: 'reconcile, where there is one: it asks the platform, and so holds across a crash',
    says: /says "not-sent" of what the chat shows/,
    options: { reconcile: true },
    wrap: (memory, restarted) =>
      restarted ? altered(memory, { reconcile: async () => ({ outcome: 'not-sent' }) }) : memory,
  },
  {
    test: 'resolve, where there is one: a name gives the id of its chat, and an unknown one nothing',
    says: /resolve\("no such chat"\) gives "no such chat"/,
    wrap: (memory) =>
      altered(memory, { resolve: async (name) => (await memory.resolve?.(name)) ?? name }),
  },
  {
    test: 'identity and capabilities are well formed, fixed, and what the methods are',
    says: /channelType is "My Platform"/,
    wrap: (memory) => altered(memory, { channelType: 'My Platform' }),
  },
  {
    test: '[S9] health: connected only while it is, and it says why when it is not',
    says: /says connected before start/,
    wrap: connected,
  },
  {
    test: 'health: healthChanged() is called when the health changes, and not for each message',
    says: /called 3 times while it stayed connected/,
    wrap: (memory) =>
      withContext(memory, (ctx) => ({
        handOver: async (event) => {
          ctx.healthChanged()
          return await ctx.handOver(event)
        },
      })),
  },
  {
    test: '[S9] health: an outage shows and is announced, so is its end, and nothing is sent meanwhile',
    says: /outage was not told to healthChanged/,
    wrap: (memory) => withContext(memory, () => ({ healthChanged: () => {} })),
  },
  {
    test: '[S9] start: while the platform is away it resolves, and connects when that is back',
    says: /threw Error: no connection/,
    wrap: (memory) =>
      altered(memory, {
        start: async (ctx) => {
          await memory.start(ctx)
          if (memory.health().state === 'down') throw new Error('no connection')
        },
      }),
  },
  {
    test: '[S9] health: while only updates fail it says so and stays so, and the pauses grow',
    says: /While updates failed healthChanged\(\) was called \d+ times/,
    wrap: (memory) =>
      ticking(memory, (ctx) => {
        if (memory.health().state === 'degraded') ctx.healthChanged()
      }),
  },
  {
    test: 'a token that is revoked: health says so and announces it, deliver throws RetryableDeliveryError, no storm',
    says: /made \d{2,} requests in 500 ms/,
    wrap: (memory) =>
      ticking(memory, () => {
        const away = memory.health().state === 'down'
        for (let knock = 0; away && knock < 20; knock += 1) {
          void memory.typing?.({ chatId: 'x', threadId: null })
        }
      }),
  },
  {
    test: 'a token that is wrong from the start: health says so, and no storm',
    says: /connected with a token that the platform refuses/,
    wrap: connected,
  },
]

/** The adapter with a timer that runs while it does. */
function ticking(memory: MemoryAdapter, tick: (ctx: AdapterContext) => void): ChannelAdapter {
  let timer: NodeJS.Timeout | undefined
  return altered(memory, {
    start: async (ctx) => {
      clearInterval(timer)
      timer = setInterval(() => tick(ctx), 20)
      await memory.start(ctx)
    },
    stop: async () => {
      clearInterval(timer)
      await memory.stop()
    },
  })
}

async function* nothing(): AsyncIterable<InboundEvent> {}
