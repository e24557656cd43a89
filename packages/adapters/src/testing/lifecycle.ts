import { strict as assert } from 'node:assert'
import type { Promised } from './promised.ts'

/** start, stop, and what may happen outside of them. */
export const lifecycle: readonly Promised[] = [
  {
    name: 'start: called twice, it is started once, and a message is handed over once',
    async run({ adapter, host, platform, start, until, idle }) {
      await start()
      await adapter.start(host.ctx)
      await platform.sendMessage({ text: 'once' })
      await until(() => host.events.length > 0, 'a message sent to a started adapter was lost')
      await idle()
      assert.equal(
        host.events.length,
        1,
        `the adapter handed one message over ${host.events.length} times after a second start(); a host restarts what it is not sure of, and every person would be answered twice`,
      )
    },
  },
  {
    name: 'stop: resolves when called twice, and when never started',
    async run({ adapter, start, inTime }) {
      await inTime(adapter.stop(), 'stop() of an adapter that was never started did not resolve')
      await start()
      await inTime(adapter.stop(), 'stop() did not resolve with nothing in flight')
      await inTime(adapter.stop(), 'a second stop() did not resolve; shutdowns overlap')
    },
  },
  {
    name: 'stop: resolves only after the hand-over in flight has ended',
    async run({ adapter, host, platform, start, until, idle, inTime }) {
      let release = (): void => {}
      host.answer = () =>
        new Promise((resolve) => {
          release = () => resolve({ outcome: 'accepted' })
        })
      await start()
      await platform.sendMessage({ text: 'slow' })
      await until(() => host.events.length === 1, 'the message was not handed over')
      let stopped = false
      const stop = adapter.stop().then(() => (stopped = true))
      await idle()
      const early = stopped
      release()
      await inTime(stop, 'stop() did not resolve after the hand-over had ended')
      assert.equal(
        early,
        false,
        'stop() resolved while handOver() was still running; the host closes its database after stop(), and the message in flight would be lost',
      )
    },
  },
  {
    name: 'stop: afterwards nothing is handed over',
    async run({ adapter, host, platform, start, idle }) {
      await start()
      await adapter.stop()
      await platform.sendMessage({ text: 'too late' }).catch(() => undefined)
      await idle()
      assert.equal(
        host.events.length,
        0,
        'the adapter called handOver() after stop() had resolved; the host it talks to has closed its database',
      )
    },
  },
  {
    name: 'stop, then start: the adapter works again, in both directions',
    async run({ adapter, host, platform, start, say, posts, until }) {
      await start()
      await adapter.stop()
      await start()
      await platform.sendMessage({ text: 'again' })
      await until(() => host.events.length === 1, 'nothing is handed over after a restart')
      await say('marker-restart')
      await until(
        () => posts('marker-restart').length === 1,
        'nothing is delivered after a restart; a supervisor restarts what is down',
      )
    },
  },
  {
    name: 'deliver: before start and after stop it says that nothing was sent, and sends nothing',
    async run({ adapter, start, say, posts, meaning, idle }) {
      const why =
        'promised is RetryableDeliveryError: the host may then send it later without asking anybody'
      assert.equal(await meaning(say('marker-early'), why), 'retryable', why)
      await start()
      await adapter.stop()
      assert.equal(await meaning(say('marker-late'), why), 'retryable', why)
      await idle()
      const sent = [...posts('marker-early'), ...posts('marker-late')]
      assert.deepEqual(sent, [], 'the adapter threw "nothing was sent", and the platform shows it')
    },
  },
  {
    name: 'a stopped adapter keeps its messages for the next start',
    facet: 'redelivery',
    async run({ adapter, host, platform, start, until }) {
      await start()
      await adapter.stop()
      await platform.sendMessage({ text: 'while you were out' })
      await start()
      await until(
        () => host.events.some((event) => event.type === 'message'),
        'a message written while the adapter was stopped was not handed over after start(); an update would lose what people write meanwhile',
      )
    },
  },
]
