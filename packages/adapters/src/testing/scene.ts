import { setTimeout as wait } from 'node:timers/promises'
import type { ChannelAdapter } from '../contract/adapter.ts'
import type { InboundEvent, MessageEvent } from '../contract/events.ts'
import type { DeliverOptions, DeliveryResult, Origin, OutboundPart } from '../contract/parts.ts'
import { createAbilities, type Abilities } from './abilities.ts'
import { createBounds, type Patience } from './bounds.ts'
import type { ConformanceHarness, ConformancePlatform, PlatformPost } from './harness.ts'
import { createRecorder, type Recorder } from './recorder.ts'
import { createVerdict, type Verdict, type Wording } from './verdict.ts'

const IDLE_MS = 25
/** What an adapter has scheduled for later, such as a poll or a second try, is done by then. */
const QUIET_MS = 300

/** Everything that one test needs: the harness, a host, and words to ask with. */
export interface Scene extends Patience, Verdict, Abilities {
  /** The one that lives. None of its promises is waited for longer than the patience lasts. */
  readonly adapter: ChannelAdapter
  /** All that there were, as they were made, the living one last. */
  readonly adapters: readonly ChannelAdapter[]
  /** None of its promises is waited for without end either. */
  readonly platform: ConformancePlatform
  readonly origin: Origin
  readonly host: Recorder
  start(): Promise<void>
  /** Waits until `health()` says so. */
  connected(): Promise<void>
  /** The process dies: nothing that the adapter does reaches the host any more. */
  die(): void
  /** The next process starts, on the same platform and with the same state, and connects. */
  rise(): Promise<void>
  /** A person writes. Resolves with the event that came of it. */
  hear(text: string): Promise<MessageEvent>
  /** Waits for an event of this type. */
  event<T extends InboundEvent['type']>(type: T): Promise<Extract<InboundEvent, { type: T }>>
  /** Sends a text, with a key of its own unless told. */
  say(text: string, options?: Partial<DeliverOptions>): Promise<DeliveryResult>
  /** Sends a text, and waits until it stands in the chat. */
  post(text: string): Promise<PlatformPost>
  deliver(
    part: OutboundPart,
    options?: Partial<DeliverOptions>,
    to?: Origin,
  ): Promise<DeliveryResult>
  /** Events of messages whose text holds this. */
  heard(marker: string): readonly MessageEvent[]
  /** Posts on the platform whose text holds this. */
  posts(marker: string): readonly PlatformPost[]
  /** Waits until whatever the adapter might still do has had time to happen. */
  idle(): Promise<void>
  /** Waits longer, for what an adapter does only after a pause. A few tests can afford it. */
  quiet(): Promise<void>
}

/** Builds the scene of one promise around a harness. `note` hears of every call that is late. */
export function createScene(
  harness: ConformanceHarness,
  promise: Wording,
  patience: Patience,
  note: (error: unknown) => void,
): Scene {
  const { origin } = harness
  const host = createRecorder(harness.fetch && { fetch: harness.fetch })
  const verdict = createVerdict(promise, patience.patienceMs)
  const bounds = createBounds(verdict, patience, note)
  const platform = bounds.ofPlatform(harness.platform)
  const author = { id: 'agent-1', name: 'ada' }
  const signal = new AbortController().signal
  const adapters = [harness.adapter]
  let living = bounds.ofAdapter(harness.adapter)
  let sends = 0
  const scene: Scene = {
    ...patience,
    ...verdict,
    get adapter() {
      return living
    },
    adapters,
    platform,
    origin,
    host,
    start: () => scene.adapter.start(host.ctx),
    connected: () =>
      scene.until(
        () => scene.adapter.health().state === 'connected',
        'health() does not become connected on a platform that works',
      ),
    die: () => host.crash(),
    rise: async () => {
      const next = await scene.need('restart').restart()
      adapters.push(next)
      living = bounds.ofAdapter(next)
      await scene.start()
      await scene.connected()
    },
    hear: async (text) => {
      const before = scene.heard(text).length
      await platform.sendMessage({ text })
      return await scene.found(
        () => scene.heard(text)[before],
        `The adapter did not hand over the message "${text}"`,
      )
    },
    event: (type) =>
      scene.found(
        () => host.events.find((event) => is(event, type)),
        `The adapter did not hand over an event of type "${type}"`,
      ),
    say: (text, options) => scene.deliver({ type: 'text', text }, options),
    post: async (text) => {
      await scene.say(text)
      return await scene.found(
        () => scene.posts(text)[0],
        'The adapter answered, and the chat does not show the text',
      )
    },
    deliver: async (part, options, to = origin) => {
      sends += 1
      const key = `send-${sends}`
      return await scene.adapter.deliver(to, part, { key, signal, author, ...options })
    },
    heard: (marker) =>
      host.events.filter(
        (event): event is MessageEvent => event.type === 'message' && event.text.includes(marker),
      ),
    posts: (marker) => platform.received().filter((post) => post.text.includes(marker)),
    idle: async () => {
      await (platform.idle?.() ?? Promise.resolve())
      await wait(IDLE_MS)
    },
    quiet: () => wait(QUIET_MS),
    ...createAbilities(platform),
  }
  return scene
}

function is<T extends InboundEvent['type']>(
  event: InboundEvent,
  type: T,
): event is Extract<InboundEvent, { type: T }> {
  return event.type === type
}
