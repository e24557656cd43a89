import { Worker } from 'node:worker_threads'
import { errorMessage } from '@nanoclaw/schema/plain'
import { fromCrossing } from './crossing-errors.ts'
import type { ThreadAnswer, ThreadRequest } from './messages.ts'
import { UnknownOutcome } from './unknown-outcome.ts'

/** How much of one file is under way. */
export interface Tally {
  underWay: number
}

interface Waiting {
  readonly tally: Tally
  resolve(value: unknown): void
  reject(error: Error): void
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

/** What takes longer is not the processor's work, but a disk's. */
const slowPaceMs = 1
/** The same, of the one request that it is at. */
const stalledMs = 2
const paceWeight = 0.2
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
  #lastCall = 0
  #isOver = false
  #hasAnswered = false
  /** How long a request takes it, smoothed. */
  #paceMs = 0
  /** When it was last heard of, or was first asked something after a pause. */
  #heardAt = performance.now()

  /** `answered` is called after each answer. */
  constructor(entry: string, answered: (thread: DatabaseThread) => void) {
    this.#worker = startWorker(entry)
    this.#worker.unref()
    let reason: string | undefined
    this.#worker.on('message', (answer: ThreadAnswer) => {
      this.#answered(answer)
      answered(this)
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
    return this.#paceMs > slowPaceMs || now - this.#heardAt > stalledMs
  }

  /** Whether it has had nothing to do since then. */
  isIdleSince(moment: number): boolean {
    return this.#waiting.size === 0 && this.#heardAt < moment
  }

  /** Rejects with the error of the thread's side, or with `io` when the thread ends before it answers. */
  async ask(request: NewRequest, tally: Tally): Promise<unknown> {
    const call = ++this.#lastCall
    if (this.#isOver) throw new UnknownOutcome('before it was asked')
    const { promise, resolve, reject } = Promise.withResolvers<unknown>()
    // Throws for what cannot be sent, before anything is noted.
    this.#worker.postMessage({ ...request, call })
    if (this.#waiting.size === 0) {
      this.#heardAt = performance.now()
      this.#worker.ref()
    }
    tally.underWay += 1
    this.#waiting.set(call, { tally, resolve, reject })
    return promise
  }

  /** Ends it when it has done what it was asked. */
  end(): Promise<void> {
    // Whoever waits for it is to be told.
    this.#worker.ref()
    this.#worker.postMessage({ type: 'end' } satisfies ThreadRequest)
    return this.ended
  }

  #answered(answer: ThreadAnswer): void {
    const waiting = this.#waiting.get(answer.call)
    if (waiting === undefined) return
    this.#waiting.delete(answer.call)
    waiting.tally.underWay -= 1
    const now = performance.now()
    if (this.#hasAnswered) this.#paceMs += paceWeight * (now - this.#heardAt - this.#paceMs)
    this.#hasAnswered = true
    this.#heardAt = now
    if (this.#waiting.size === 0) this.#worker.unref()
    if ('error' in answer) waiting.reject(fromCrossing(answer.error))
    else waiting.resolve(answer.value)
  }
}
