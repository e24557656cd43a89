import { AwaitedList } from '../awaited-list.ts'
import type { AdapterContext, HandOverResult } from '../contract/context.ts'
import type { InboundEvent } from '../contract/events.ts'
import { createRequester } from './requester.ts'
import type { LogLine, TestContext, TestContextOptions } from './test-context.ts'

/** The host of a conformance test: a test context, and what only the suite asks of it. */
export interface Recorder extends TestContext {
  /** How many hand-overs have been answered, and the adapter has had its turn since. */
  readonly settled: number
  /** Answers to the requests under way reach nobody any more; those to later ones do. */
  holdRequests(): void
  /** What is still running when the test is over does nothing any more, and waits for ever. */
  bury(): void
}

interface Life {
  readonly shutdown: AbortController
  readonly death: AbortController
}

const quiet = (): void => {}
const never = new Promise<never>(quiet)

/** A context without a host behind it. */
export function createRecorder(options: TestContextOptions = {}): Recorder {
  const state = new Map(options.state)
  const events = new AwaitedList<InboundEvent>()
  const log: LogLine[] = []
  const updates: TestContext['updates'][number][] = []
  const lives: Life[] = []
  const requester = createRequester(options.fetch ?? globalThis.fetch)
  let settled = 0
  let healthChanges = 0
  let release = (_error: Error): void => {}
  let grave = new Promise<never>((_resolve, reject) => (release = reject))
  grave.catch(quiet)

  function begin(): AdapterContext {
    const life: Life = { shutdown: new AbortController(), death: new AbortController() }
    lives.push(life)
    const death = life.death.signal
    async function alive<T>(work: () => T | Promise<T>): Promise<T> {
      if (death.aborted) return await grave
      try {
        return await work()
      } finally {
        if (death.aborted) await grave
      }
    }
    const write =
      (level: LogLine['level']) =>
      (details: object, message: string): void =>
        void log.push({ level, details, message })
    return {
      handOver: async (event) => {
        try {
          return await alive(() => Promise.race([handOver(event), grave]))
        } finally {
          // An adapter that tries again at once must not keep everything else from running.
          await new Promise((resolve) => setImmediate(resolve))
          setImmediate(() => (settled += 1))
        }
      },
      state: {
        get: (key) => alive(() => state.get(key)),
        set: (key, value) => alive(() => void state.set(key, value)),
        delete: (key) => alive(() => void state.delete(key)),
      },
      logger: {
        debug: write('debug'),
        info: write('info'),
        warn: write('warn'),
        error: write('error'),
      },
      clock: { now: () => new Date().toISOString() },
      fetch: (input, init) => alive(() => requester.ask(death, input, init)),
      signal: life.shutdown.signal,
      deliveryUpdate: (key, update) => alive(() => void updates.push({ key, update })),
      healthChanged: () => {
        if (!death.aborted) healthChanges += 1
      },
    }
  }

  async function handOver(event: InboundEvent): Promise<HandOverResult> {
    events.add(event)
    return await recorder.answer(event)
  }

  let ctx = begin()
  const recorder: Recorder = {
    get ctx() {
      return ctx
    },
    get events() {
      return events.all
    },
    get settled() {
      return settled
    },
    get healthChanges() {
      return healthChanges
    },
    get requests() {
      return requester.count
    },
    answer: async () => ({ outcome: 'accepted' }),
    state,
    log,
    updates,
    waitForEvent: (wanted, signal) => events.wait(wanted, signal),
    holdRequests: () => requester.hold(),
    crash: () => {
      lives.at(-1)?.death.abort()
      ctx = begin()
    },
    end: () => {
      for (const { shutdown } of lives) shutdown.abort()
      release(new Error('The test is over.'))
    },
    bury: () => {
      grave = never
      for (const { death } of lives) death.abort()
    },
  }
  return recorder
}
