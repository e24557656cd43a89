import { AwaitedList } from '../awaited-list.ts'
import type { AdapterContext, HandOverResult, Logger } from '../contract/context.ts'
import type { InboundEvent } from '../contract/events.ts'
import { createRequester } from './requester.ts'
import type { LogLine, TestContext, TestContextOptions } from './test-context.ts'

/** The host of a conformance test: a test context, and what only the suite asks of it. */
export interface Recorder extends TestContext {
  /** How many hand-overs have been answered, and the adapter has had its turn since. */
  settled: number
  healthChanges: number
  /** Called each time when an entry of the state has been written. Default: does nothing. */
  afterSet: (state: ReadonlyMap<string, string>) => void
  /** Answers to the requests under way reach nobody any more; those to later ones do. */
  holdRequests(): void
  /** What is still running when the test is over does nothing any more, and waits for ever. */
  bury(): void
}

interface Life {
  readonly shutdown: AbortController
  readonly death: AbortController
}

/** What a process does comes to something only while it lives. */
type Alive = <T>(work: () => T | Promise<T>) => Promise<T>

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
  let release = (_error: Error): void => {}
  let grave = new Promise<never>((_resolve, reject) => (release = reject))
  grave.catch(quiet)

  async function handOver(alive: Alive, event: InboundEvent): Promise<HandOverResult> {
    try {
      return await alive(() => {
        events.add(event)
        return Promise.race([recorder.answer(event), grave])
      })
    } finally {
      // An adapter that tries again at once must not keep everything else from running.
      await new Promise((resolve) => setImmediate(resolve))
      setImmediate(() => (recorder.settled += 1))
    }
  }

  function begin(): AdapterContext {
    const life: Life = { shutdown: new AbortController(), death: new AbortController() }
    lives.push(life)
    const death = life.death.signal
    const alive = aliveUntil(death, () => grave)
    return {
      handOver: (event) => handOver(alive, event),
      state: {
        get: (key) => alive(() => state.get(key)),
        set: (key, value) => alive(() => recorder.afterSet(state.set(key, value))),
        delete: (key) => alive(() => void state.delete(key)),
      },
      logger: createLogger(log),
      clock: { now: () => new Date().toISOString() },
      fetch: (input, init) => alive(() => requester.ask(death, input, init)),
      signal: life.shutdown.signal,
      deliveryUpdate: (key, update) => alive(() => void updates.push({ key, update })),
      healthChanged: () => {
        if (!death.aborted) recorder.healthChanges += 1
      },
    }
  }

  let ctx = begin()
  const recorder: Recorder = {
    get ctx() {
      return ctx
    },
    get events() {
      return events.all
    },
    get requests() {
      return requester.count
    },
    settled: 0,
    healthChanges: 0,
    afterSet: quiet,
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

/** After its death a process waits in its grave for whatever it asks for. */
function aliveUntil(death: AbortSignal, grave: () => Promise<never>): Alive {
  return async (work) => {
    if (death.aborted) return await grave()
    try {
      return await work()
    } finally {
      if (death.aborted) await grave()
    }
  }
}

function createLogger(lines: LogLine[]): Logger {
  const write =
    (level: LogLine['level']) =>
    (details: object, message: string): void =>
      void lines.push({ level, details, message })
  return {
    debug: write('debug'),
    info: write('info'),
    warn: write('warn'),
    error: write('error'),
  }
}
