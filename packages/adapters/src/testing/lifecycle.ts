import { checkHealth } from './check-health.ts'
import type { Promised } from './promised.ts'
import { gate } from './gate.ts'

/** start, stop, and what may happen outside of them. */
export const lifecycle: readonly Promised[] = [
  {
    name: 'start: called twice it starts once, and hands each message over once',
    because: 'a host starts again what it is not sure of, and every person would be answered twice',
    async run({ adapter, host, hear, start, idle, heard, check }) {
      await start()
      await adapter.start(host.ctx)
      await hear('once')
      await idle()
      const count = heard('once').length
      check(count === 1, `After a second start() one message was handed over ${count} times`)
    },
  },
  {
    name: 'stop: resolves when called twice, and when never started',
    because: 'shutdowns overlap, and one that waits for ever is killed in the middle of its work',
    async run({ adapter, start }) {
      await adapter.stop()
      await start()
      await adapter.stop()
      await adapter.stop()
    },
  },
  {
    name: 'stop: resolves only after the hand-over in flight has ended',
    because: 'the host closes its database after stop(), and the message in flight would be lost',
    async run({ adapter, host, platform, start, until, idle, inTime, check }) {
      const { answer, open } = gate()
      host.answer = answer
      await start()
      await platform.sendMessage({ text: 'slow' })
      await until(() => host.events.length === 1, 'The adapter did not hand the message over')
      let stopped = false
      const stop = adapter.stop().then(() => (stopped = true))
      await idle()
      const early = stopped
      open()
      await inTime(stop, 'stop() did not resolve after the hand-over had ended')
      check(!early, 'stop() resolved while handOver() was still running')
    },
  },
  {
    name: 'stop: resolves only after the delivery in flight has settled, and does not cut it off',
    because: 'the host writes down what became of it, and of what is cut off nobody knows it',
    facets: ['hang'],
    async run({ adapter, start, say, fail, idle, inTime, check }) {
      await start()
      fail('hang')
      const controller = new AbortController()
      let settled = false
      const work = say('marker-hang', { signal: controller.signal })
        .catch(() => undefined)
        .then(() => (settled = true))
      await idle()
      let early = false
      const stop = adapter.stop().then(async () => {
        // Both may settle in one turn of the event loop, whichever first.
        await new Promise((resolve) => setImmediate(resolve))
        early = !settled
      })
      await idle()
      const isCut = settled
      controller.abort()
      await inTime(stop, 'stop() did not resolve after the signal of the delivery was aborted')
      await inTime(work, 'deliver() did not settle after its signal was aborted')
      check(!early, 'stop() resolved while deliver() was still waiting for its answer')
      check(!isCut, 'stop() cut off a deliver() whose signal was not aborted')
    },
  },
  {
    name: 'stop: afterwards nothing is handed over',
    because: 'the host has closed its database after stop(), and can keep nothing',
    async run({ adapter, host, platform, start, quiet, check }) {
      await start()
      await adapter.stop()
      await platform.sendMessage({ text: 'too late' }).catch(() => undefined)
      await quiet()
      check(host.events.length === 0, 'The adapter called handOver() after stop() had resolved')
    },
  },
  {
    name: 'stop: called while start() is under way it ends what that begins',
    because: 'a host that is told to stop while it starts would leave a bot behind that answers',
    async run({ adapter, host, platform, start, quiet, check }) {
      await Promise.all([start(), adapter.stop()])
      await platform.sendMessage({ text: 'too late' }).catch(() => undefined)
      await quiet()
      const { state } = adapter.health()
      check(state !== 'connected', 'health() says connected after start() and stop()')
      check(host.events.length === 0, 'The adapter called handOver() after start() and stop()')
    },
  },
  {
    name: 'stop, then start: the adapter works again, in both directions',
    because: 'a supervisor restarts what is down, and an update restarts everything',
    async run({ adapter, hear, start, post }) {
      await start()
      await adapter.stop()
      await start()
      await hear('again')
      await post('marker-restart')
    },
  },
  {
    name: 'stop: what people write meanwhile is handed over after the next start',
    because: 'every update of the host would lose what people write while it takes place',
    facets: ['redelivery'],
    async run({ adapter, platform, start, heard, until }) {
      await start()
      await adapter.stop()
      await platform.sendMessage({ text: 'meanwhile' })
      await start()
      await until(
        () => heard('meanwhile').length > 0,
        'The adapter did not hand over what was written while it was stopped',
      )
    },
  },
  {
    name: 'asyncDispose: where there is one it is the same as stop',
    because: 'a program that embeds the adapter with `await using` relies on it at the end',
    claimed: (adapter) => adapter[Symbol.asyncDispose] !== undefined,
    async run(scene) {
      const { adapter, host, platform, start, inTime, idle, check } = scene
      await start()
      const dispose = adapter[Symbol.asyncDispose]?.()
      await inTime(Promise.resolve(dispose), '[Symbol.asyncDispose]() did not resolve')
      await platform.sendMessage({ text: 'too late' }).catch(() => undefined)
      await idle()
      check(host.events.length === 0, 'The adapter called handOver() after it was disposed of')
      checkHealth(scene)
      check(adapter.health().state !== 'connected', 'health() says connected after disposal')
    },
  },
  {
    name: 'deliver: before start and after stop it throws RetryableDeliveryError, and sends nothing',
    because: 'the host may then send it later without asking anybody',
    async run({ adapter, start, say, posts, throws, idle, check }) {
      await throws(say('marker-early'), 'retryable')
      await start()
      await adapter.stop()
      await throws(say('marker-late'), 'retryable')
      await idle()
      const sent = [...posts('marker-early'), ...posts('marker-late')].length
      check(sent === 0, 'The adapter threw "nothing was sent", and the chat shows it')
    },
  },
]
