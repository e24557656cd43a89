import { Worker } from 'node:worker_threads'
import { errorMessage } from '@nanoclaw/schema/plain'
import { fromCrossing } from './crossing-errors.ts'
import type { ThreadAnswer, ThreadReport, ThreadRequest } from './messages.ts'
import { UnknownOutcome } from './unknown-outcome.ts'

/** How much of one file is under way. */
export interface Tally {
  underWay: number
}

interface Waiting {
  readonly request: NewRequest
  readonly tally: Tally
  resolve(value: unknown): void
  reject(error: unknown): void
}

type Answered = Exclude<ThreadRequest, { readonly type: 'end' }>
/** A request without its number. */
export type NewRequest = Answered extends infer R
  ? R extends Answered
    ? Omit<R, 'call'>
    : never
  : never

/** What is made in a thread's life is short-lived; the default makes each thread 16 MB larger. */
const youngMegabytes = 2

/** Of a disk that is waited for at each sync, even where a third of all commits wants none. */
const slowWaits = 0.5
/** No answer for so long is a disk that hangs; for less, a main thread that is busy looks the same. */
const stalledMs = 1_000
/** Enough that it never waits for this side. */
const mostUnderWay = 8

/** From source, types are stripped at each start, which takes longer than all the rest: it is cached. */
const fromSource = `
  require('node:module').enableCompileCache()
  import(require('node:worker_threads').workerData)
`

function startWorker(entry: string): Worker {
  const common = { env: {}, resourceLimits: { maxYoungGenerationSizeMb: youngMegabytes } }
  if (!entry.endsWith('.ts')) return new Worker(entry, { ...common, execArgv: [] })
  const execArgv = ['--conditions=@nanoclaw/source']
  return new Worker(fromSource, { ...common, eval: true, workerData: entry, execArgv })
}

/** One thread, from this side. It keeps the process alive only while it is asked something. */
export class DatabaseThread {
  /** Resolves when it has ended, however it does. */
  readonly ended: Promise<void>
  readonly #worker: Worker
  readonly #waiting = new Map<number, Waiting>()
  /** What is open in it, or about to be. */
  readonly #files = new Set<number>()
  #lastCall = 0
  #isOver = false
  #hasAnswered = false
  /** What goes out with the next post. */
  #outbox: ThreadRequest[] = []
  /** As it has said last. */
  #waits = 0
  readonly #answersCame: (thread: DatabaseThread, wasSlow: boolean) => void
  /** When it was last heard of, or was first asked something after a pause. */
  #heardAt = performance.now()

  /** `answered` is called after answers have come, with whether they have waited for a disk. */
  constructor(entry: string, answered: (thread: DatabaseThread, wasSlow: boolean) => void) {
    this.#answersCame = answered
    this.#worker = startWorker(entry)
    this.#worker.unref()
    let reason: string | undefined
    this.#worker.on('message', ({ answers, waits }: ThreadReport) => {
      const now = performance.now()
      this.#waits = waits
      const wasSlow = this.isSlow(now)
      this.#hasAnswered = true
      this.#heardAt = now
      for (const answer of answers) this.#answered(answer)
      answered(this, wasSlow)
    })
    this.#worker.on('error', (error) => (reason = errorMessage(error)))
    this.ended = new Promise((resolve) => {
      this.#worker.on('exit', (code) => {
        this.#isOver = true
        for (const { tally, reject } of this.#waiting.values()) {
          tally.underWay -= 1
          reject(new UnknownOutcome(reason ?? `with code ${code}`))
        }
        this.#waiting.clear()
        resolve()
      })
    })
  }

  /** It answers no more. */
  get isOver(): boolean {
    return this.#isOver
  }

  /** How many requests it has not answered. */
  get waiting(): number {
    return this.#waiting.size
  }

  /** It has not answered anything yet. */
  get isStarting(): boolean {
    return !this.#hasAnswered
  }

  /** It has so much to do that more can as well wait here. */
  get isFull(): boolean {
    return this.#waiting.size >= mostUnderWay
  }

  /** Whether what is asked of it now waits for a disk. */
  isSlow(now: number): boolean {
    // Until it first answers it starts.
    if (this.#waiting.size === 0 || !this.#hasAnswered) return false
    return this.#waits > slowWaits || now - this.#heardAt > stalledMs
  }

  /** It has nothing to do, and no file is open in it: one that moves away is until it is elsewhere. */
  get isEmpty(): boolean {
    return this.#waiting.size === 0 && this.#files.size === 0
  }

  /** Whether it has had nothing to do since then. */
  isIdleSince(moment: number): boolean {
    return this.#waiting.size === 0 && this.#heardAt < moment
  }

  /** Rejects with the error of the thread's side, or with `io` when the thread ends before it answers. */
  ask(request: NewRequest, tally: Tally): Promise<unknown> {
    if (this.#isOver) return Promise.reject(new UnknownOutcome('before it was asked'))
    const call = ++this.#lastCall
    const { promise, resolve, reject } = Promise.withResolvers<unknown>()
    const isAtRest = this.#waiting.size === 0
    tally.underWay += 1
    this.#waiting.set(call, { request, tally, resolve, reject })
    if (request.type === 'open') this.#files.add(request.file)
    this.#outbox.push({ ...request, call })
    if (isAtRest) {
      this.#heardAt = performance.now()
      this.#worker.ref()
      this.#post()
    } else if (this.#outbox.length === 1) {
      // It has work: what else is asked in this turn of the loop goes with it, for each post wakes it,
      // which costs as much as a small request.
      setImmediate(() => {
        this.#post()
        // None of it could be sent: no answer tells that others may go on.
        if (this.#waiting.size === 0) this.#answersCame(this, false)
      })
    }
    return promise
  }

  /** Ends it when it has done what it was asked. */
  end(): Promise<void> {
    // Whoever waits for it is to be told.
    this.#worker.ref()
    this.#outbox.push({ type: 'end' })
    this.#post()
    return this.ended
  }

  #post(): void {
    const requests = this.#outbox
    this.#outbox = []
    if (requests.length > 0) this.#send(requests)
  }

  #send(requests: readonly ThreadRequest[]): void {
    try {
      this.#worker.postMessage(requests)
    } catch (error) {
      const [first] = requests
      // One of them cannot be sent, for which the others are not to blame.
      if (requests.length > 1) for (const request of requests) this.#send([request])
      else if (first !== undefined && first.type !== 'end') {
        const waiting = this.#settled(first.call)
        if (waiting !== undefined) this.#failed(waiting, error)
      }
    }
  }

  #answered(answer: ThreadAnswer): void {
    const waiting = this.#settled(answer.call)
    if (waiting === undefined) return
    const { type, file } = waiting.request
    if (type === 'close') this.#files.delete(file)
    if ('error' in answer) this.#failed(waiting, fromCrossing(answer.error))
    else waiting.resolve(answer.value)
  }

  #failed({ request, reject }: Waiting, error: unknown): void {
    if (request.type === 'open') this.#files.delete(request.file)
    reject(error)
  }

  #settled(call: number): Waiting | undefined {
    const waiting = this.#waiting.get(call)
    if (waiting === undefined) return undefined
    this.#waiting.delete(call)
    waiting.tally.underWay -= 1
    if (this.#waiting.size === 0) this.#worker.unref()
    return waiting
  }
}
