import { strict as assert } from 'node:assert'
import type { ChannelAdapter } from '../contract/adapter.ts'
import type { Promised } from './promised.ts'

const ISO = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/

/** What the adapter says of itself. */
export const health: readonly Promised[] = [
  {
    name: 'identity and capabilities are well formed, and methods match what is claimed',
    async run({ adapter }) {
      const can = adapter.capabilities
      assert.match(
        adapter.channelType,
        /^[a-z][a-z0-9-]*$/,
        'channelType is part of keys and file names: lower case, digits, hyphens',
      )
      assert.equal(typeof adapter.instance, 'string', "instance is '' for the only bot")
      assert.ok(
        Number.isSafeInteger(can.textLength) && can.textLength > 0,
        `capabilities.textLength must be a positive whole number, got ${can.textLength}`,
      )
      assert.equal(
        can.typing,
        adapter.typing !== undefined,
        'capabilities.typing and typing() disagree',
      )
      assert.equal(
        can.history,
        adapter.history !== undefined,
        'capabilities.history and history() disagree',
      )
      if (can.idempotency !== 'none')
        assert.ok(can.idempotency.windowMs > 0, 'idempotency.windowMs must be positive')
      if (can.files !== false) assert.ok(can.files.maxBytes > 0, 'files.maxBytes must be positive')
      if (can.buttons !== false)
        assert.ok(
          can.buttons.max > 0 && can.buttons.labelLength > 0,
          'buttons.max and labelLength must be positive',
        )
    },
  },
  {
    name: '[S9] health: connected when started, and says why when it is not',
    async run({ adapter, start, until }) {
      checkHealth(adapter)
      assert.notEqual(adapter.health().state, 'connected', 'health() says connected before start()')
      await start()
      await until(
        () => adapter.health().state === 'connected',
        'health() does not become connected on a platform that works',
      )
      checkHealth(adapter)
      await adapter.stop()
      checkHealth(adapter)
      assert.notEqual(adapter.health().state, 'connected', 'health() says connected after stop()')
    },
  },
  {
    name: '[S9] health: an outage shows, with its reason, and so does its end; both are announced',
    facet: 'outage',
    async run({ adapter, host, platform, start, say, posts, until, need, meaning }) {
      const setReachable = need('setReachable', 'outage').bind(platform)
      await start()
      await until(
        () => adapter.health().state === 'connected',
        'health() does not become connected',
      )
      const before = host.healthChanges
      setReachable(false)
      const why = 'promised of a platform that is away is RetryableDeliveryError: nothing was sent'
      assert.equal(await meaning(say('marker-away'), why), 'retryable', why)
      await until(
        () => adapter.health().state !== 'connected',
        'health() still says connected while the platform is away; people find out days later',
      )
      checkHealth(adapter)
      await until(() => host.healthChanges > before, 'healthChanged() was not called at the outage')
      const away = host.healthChanges
      setReachable(true)
      await until(
        () => adapter.health().state === 'connected',
        'health() does not become connected again',
      )
      await until(
        () => host.healthChanges > away,
        'healthChanged() was not called when the platform came back; what waits stays waiting',
      )
      await say('marker-back')
      await until(() => posts('marker-back').length === 1, 'nothing is sent after an outage')
    },
  },
  {
    name: 'typing: a courtesy that never becomes a message',
    async run({ adapter, origin, platform, start, idle, inTime }) {
      await start()
      const before = platform.received().length
      await inTime(Promise.resolve(adapter.typing?.(origin)), 'typing() did not resolve')
      await idle()
      assert.equal(platform.received().length, before, 'typing() left a message in the chat')
    },
  },
]

function checkHealth(adapter: ChannelAdapter): void {
  const now = adapter.health()
  assert.ok(['connected', 'degraded', 'down'].includes(now.state), `unknown state "${now.state}"`)
  assert.match(now.since, ISO, 'health().since must be ISO-8601 UTC with milliseconds and Z')
  if (now.state === 'connected') return
  assert.ok(
    (now.why ?? '').length > 0,
    `health() says ${now.state} and not why; nobody can mend that`,
  )
}
