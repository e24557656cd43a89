import { setTimeout as wait } from 'node:timers/promises'
import type { ChannelCapabilities } from '../contract/capabilities.ts'
import { checkHealth } from './check-health.ts'
import type { Promised } from './promised.ts'
import type { Scene } from './scene.ts'

/** A back-off of a quarter of a second makes three requests in this time; a storm makes hundreds. */
const STORM_MS = 500
const STORM_REQUESTS = 10
/** Long enough for a pause that grows to differ from one that begins anew every time. */
const BROKEN_MS = 1_500
/** Down; and down for another reason. */
const BROKEN_CHANGES = 2

/** What the adapter says of itself. */
export const health: readonly Promised[] = [
  {
    name: 'identity and capabilities are well formed, fixed, and what the methods are',
    because: 'they are part of keys and names, and the host plans by them before it sends',
    async run({ adapter, start, check }) {
      const can = adapter.capabilities
      const before = JSON.stringify(can)
      const { channelType, instance } = adapter
      const named = /^[a-z][a-z0-9-]*$/.test(channelType)
      check(named, `channelType is "${channelType}"; wanted are lower case, digits, hyphens`)
      check(typeof instance === 'string', `instance is ${JSON.stringify(instance)}, not a text`)
      for (const wrong of malformed(can)) check(false, `capabilities.${wrong}`)
      for (const method of ['typing', 'history'] as const) {
        const agrees = can[method] === (adapter[method] !== undefined)
        check(agrees, `capabilities.${method} is ${can[method]}, and the method says otherwise`)
      }
      await start()
      check(JSON.stringify(adapter.capabilities) === before, 'capabilities changed at start()')
    },
  },
  {
    name: '[S9] health: connected only while it is, and it says why when it is not',
    because: 'people find out days later that a channel is dead, and then cannot mend it',
    async run(scene) {
      const { adapter, start, connected, check } = scene
      checkHealth(scene)
      check(adapter.health().state !== 'connected', 'health() says connected before start()')
      await start()
      await connected()
      checkHealth(scene)
      await adapter.stop()
      checkHealth(scene)
      check(adapter.health().state !== 'connected', 'health() says connected after stop()')
    },
  },
  {
    name: 'health: healthChanged() is called when the health changes, and not for each message',
    because: 'at each call the host looks at what waits: a call too many is a storm of sends',
    async run({ host, start, connected, hear, idle, quiet, check }) {
      await start()
      await connected()
      await idle()
      const before = host.healthChanges
      for (const text of ['marker-one', 'marker-two', 'marker-three']) await hear(text)
      await quiet()
      const calls = host.healthChanges - before
      check(calls === 0, `healthChanged() was called ${calls} times while it stayed connected`)
    },
  },
  {
    name: '[S9] health: an outage shows and is announced, so is its end, and nothing is sent meanwhile',
    because: 'what waits is sent at once when the platform is back, and nothing of it twice',
    facets: ['outage'],
    async run(scene) {
      const { adapter, host, start, connected, say, post, until, need, throws } = scene
      const platform = need('setReachable')
      await start()
      await connected()
      const before = host.healthChanges
      platform.setReachable(false)
      await throws(say('marker-away'), 'retryable')
      await until(
        () => adapter.health().state !== 'connected',
        'health() says connected while the platform is away',
      )
      checkHealth(scene)
      await until(() => host.healthChanges > before, 'The outage was not told to healthChanged()')
      if (countOf(scene) !== undefined) await noStorm(scene)
      const away = host.healthChanges
      platform.setReachable(true)
      await connected()
      await until(() => host.healthChanges > away, 'Its end was not told to healthChanged()')
      await post('marker-back')
    },
  },
  {
    name: '[S9] start: while the platform is away it resolves, and connects when that is back',
    because: 'a machine that boots before its network would otherwise stay without the channel',
    facets: ['outage'],
    async run(scene) {
      const { adapter, start, connected, hear, idle, need, check } = scene
      const platform = need('setReachable')
      platform.setReachable(false)
      await start()
      await idle()
      check(adapter.health().state !== 'connected', 'health() says connected to nothing')
      checkHealth(scene)
      platform.setReachable(true)
      await connected()
      await hear('marker-back')
    },
  },
  {
    name: '[S9] health: while only updates fail it says so and stays so, and the pauses grow',
    because:
      'what waits is sent at each "connected": health that flaps is a storm of sends, and a person sees whichever half was last',
    facets: ['broken-updates'],
    async run(scene) {
      const { adapter, host, start, connected, until, need, check } = scene
      const platform = need('breakUpdates')
      await start()
      await connected()
      platform.breakUpdates()
      const said = () => adapter.health().state !== 'connected'
      await until(said, 'health() says connected while no update can come')
      checkHealth(scene)
      const before = host.healthChanges
      await noStorm(scene, BROKEN_MS)
      const changes = host.healthChanges - before
      check(
        changes <= BROKEN_CHANGES,
        `While updates failed healthChanged() was called ${changes} times in ${BROKEN_MS} ms`,
      )
    },
  },
  {
    name: 'a token that is revoked: health says so and announces it, deliver throws RetryableDeliveryError, no storm',
    because: 'platforms ban who knocks without a key, and a new token makes what waits deliverable',
    facets: ['revoked'],
    async run(scene) {
      const { adapter, host, start, connected, say, until, need, throws } = scene
      const platform = need('revoke')
      await start()
      await connected()
      const before = host.healthChanges
      // Of a request that waits for updates the adapter learns nothing: it has to hear the send's.
      host.holdRequests()
      platform.revoke()
      await throws(say('marker-revoked'), 'retryable')
      await until(
        () => adapter.health().state !== 'connected',
        'health() says connected with a token that the platform refuses',
      )
      checkHealth(scene)
      await until(() => host.healthChanges > before, 'It was not told to healthChanged()')
      await noStorm(scene)
    },
  },
  {
    name: 'a token that is wrong from the start: health says so, and no storm',
    because: 'it is the first thing that goes wrong in a new installation',
    facets: ['revoked'],
    async run(scene) {
      const { adapter, host, idle, until, need, check } = scene
      need('revoke').revoke()
      await adapter.start(host.ctx).catch(() => undefined)
      await idle()
      await until(
        () => adapter.health().state !== 'connected',
        'health() says connected with a token that the platform refuses',
      )
      checkHealth(scene)
      await noStorm(scene)
      check(adapter.health().state !== 'connected', 'health() became connected by itself')
    },
  },
]

async function noStorm(scene: Scene, ms = STORM_MS): Promise<void> {
  const count = countOf(scene) ?? (() => scene.need('requests').requests())
  const before = count()
  await wait(ms)
  const made = count() - before
  scene.check(made <= STORM_REQUESTS, `The adapter made ${made} requests in ${ms} ms`)
}

/** Counts requests, where that can be done. */
function countOf({ host, platform }: Scene): (() => number) | undefined {
  const { requests } = platform
  if (requests !== undefined) return () => requests()
  return host.requests > 0 ? () => host.requests : undefined
}

function malformed(can: ChannelCapabilities): string[] {
  const positive = (value: number): boolean => value > 0
  const whole = Number.isSafeInteger(can.textLength) && can.textLength > 0
  return [
    ...(whole ? [] : [`textLength is ${can.textLength}, not a positive whole number`]),
    ...(can.idempotency === 'none' || positive(can.idempotency.windowMs)
      ? []
      : [`idempotency.windowMs is ${can.idempotency.windowMs}; claim 'none'`]),
    ...(can.files === false || positive(can.files.maxBytes)
      ? []
      : [`files.maxBytes is ${can.files.maxBytes}; claim false`]),
    ...(can.buttons === false || (positive(can.buttons.max) && positive(can.buttons.labelLength))
      ? []
      : ['buttons have no room; claim false']),
  ]
}
