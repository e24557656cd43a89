import { strict as assert } from 'node:assert'
import { setTimeout as wait } from 'node:timers/promises'
import type { ChannelAdapter } from '../contract/adapter.ts'
import { meaningOfDeliveryError, type DeliveryErrorMeaning } from '../contract/errors.ts'
import type { DeliverOptions, DeliveryResult, Origin, OutboundPart } from '../contract/parts.ts'
import type {
  ConformanceFacet,
  ConformanceHarness,
  ConformancePlatform,
  PlatformFault,
  PlatformPost,
} from './harness.ts'
import { createRecorder, type Recorder } from './recorder.ts'

const POLL_MS = 2
const IDLE_MS = 25

/** Everything that one test needs: the harness, a host, and words to ask with. */
export interface Scene {
  readonly adapter: ChannelAdapter
  readonly platform: ConformancePlatform
  readonly origin: Origin
  readonly host: Recorder
  start(): Promise<void>
  /** Sends a text, with a key of its own unless told. */
  say(text: string, options?: Partial<DeliverOptions>): Promise<DeliveryResult>
  deliver(part: OutboundPart, options?: Partial<DeliverOptions>): Promise<DeliveryResult>
  /** Posts on the platform whose text holds this. */
  posts(marker: string): readonly PlatformPost[]
  /** Waits until it holds, else fails with the message: what was promised, and why. */
  until(condition: () => boolean, message: string): Promise<void>
  /** Waits for a promise that has to settle. */
  inTime<T>(work: Promise<T>, message: string): Promise<T>
  /** Waits until whatever the adapter might still do has had time to happen. */
  idle(): Promise<void>
  fail(fault: PlatformFault): void
  /** A function of the platform, or a failure that says how to supply or leave it out. */
  need<K extends keyof ConformancePlatform>(
    name: K,
    facet: ConformanceFacet,
  ): NonNullable<ConformancePlatform[K]>
  /** The meaning of the error of a delivery that has to throw. */
  meaning(work: Promise<DeliveryResult>, message: string): Promise<DeliveryErrorMeaning>
}

/** Builds the scene around a harness. */
export function createScene(harness: ConformanceHarness, patienceMs: number): Scene {
  const { adapter, platform, origin } = harness
  const host = createRecorder()
  const author = { id: 'agent-1', name: 'ada' }
  const signal = new AbortController().signal
  let sends = 0
  const scene: Scene = {
    adapter,
    platform,
    origin,
    host,
    start: () => scene.inTime(adapter.start(host.ctx), 'start() did not resolve'),
    say: (text, options) => scene.deliver({ type: 'text', text }, options),
    deliver: async (part, options) => {
      sends += 1
      const key = `send-${sends}`
      return await adapter.deliver(origin, part, { key, signal, author, ...options })
    },
    posts: (marker) => platform.received().filter((post) => post.text.includes(marker)),
    until: (condition, message) => until(condition, message, patienceMs),
    inTime: (work, message) => inTime(work, message, patienceMs),
    idle: async () => {
      await (platform.idle?.() ?? Promise.resolve())
      await wait(IDLE_MS)
    },
    fail: (fault) => scene.need('fail', fault).call(platform, fault),
    need: (name, facet) => {
      const found = platform[name]
      const how = `The harness has no platform.${name}. Supply it, or, if the platform cannot do it at all, pass { without: ['${facet}'] }.`
      assert.ok(found !== undefined, how)
      return found
    },
    meaning: async (work, message) => {
      const result = await scene.inTime(
        work.then(
          (value) => ({ value }),
          (error: unknown) => ({ error }),
        ),
        `deliver() did not settle; ${message}`,
      )
      if ('error' in result) return meaningOfDeliveryError(result.error)
      return assert.fail(`deliver() answered ${JSON.stringify(result.value)}; ${message}`)
    },
  }
  return scene
}

async function until(condition: () => boolean, message: string, patienceMs: number): Promise<void> {
  const start = performance.now()
  while (!condition()) {
    if (performance.now() - start > patienceMs) assert.fail(`after ${patienceMs} ms: ${message}`)
    await wait(POLL_MS)
  }
}

async function inTime<T>(work: Promise<T>, message: string, patienceMs: number): Promise<T> {
  const done = new AbortController()
  const late = wait(patienceMs, undefined, { signal: done.signal }).then(
    () => assert.fail(`after ${patienceMs} ms: ${message}`),
    () => assert.fail(message),
  )
  late.catch(() => {})
  try {
    return await Promise.race([work, late])
  } finally {
    done.abort()
  }
}
