import { EventEmitter } from 'node:events'
import type { ThreadAnswer, ThreadRequest } from '../../../src/threads/messages.ts'

/** What is asked of a played thread's files, in the order it was done. */
export interface Played {
  add(count: number): number
  fail(): never
  die(): never
}

type Call = Extract<ThreadRequest, { readonly type: 'call' }>

/** A disk and the threads on it, played by the test's clock. */
export interface Stage {
  /** What each request takes, in milliseconds. */
  tookMs: number
  readonly threads: Set<PlayedThread>
  started: number
  /** What has been done, by file. */
  readonly done: Map<number, number[]>
  /** What may never happen, and has. */
  readonly faults: string[]
}

/** A disk that is fast. */
export function createStage(): Stage {
  return { tookMs: 0.25, threads: new Set(), started: 0, done: new Map(), faults: [] }
}

const startsMs = 40
/** As a thread's own program counts them. */
const [waitMs, waitsWeight] = [2, 0.1]

/** Stands for a `Worker`: does one request after the other, on the clock that `setTimeout` goes by. */
export class PlayedThread extends EventEmitter {
  readonly #stage: Stage
  readonly #files = new Set<number>()
  readonly #asked: ThreadRequest[] = []
  #isWorking = true
  #waits = 0

  constructor(stage: Stage) {
    super()
    this.#stage = stage
    stage.threads.add(this)
    stage.started += 1
    setTimeout(() => this.#next(), startsMs)
  }

  ref(): void {}

  unref(): void {}

  postMessage(requests: readonly ThreadRequest[]): void {
    this.#asked.push(...structuredClone(requests))
    if (!this.#isWorking) this.#next()
  }

  has(file: number): boolean {
    return this.#files.has(file)
  }

  #next(): void {
    const request = this.#asked.shift()
    this.#isWorking = request !== undefined
    if (request === undefined) return
    if (request.type === 'end') return this.#exit(0)
    const { tookMs } = this.#stage
    setTimeout(() => {
      if (request.type === 'call' && request.method === 'die') return this.#exit(3)
      this.#waits += waitsWeight * (Number(tookMs > waitMs) - this.#waits)
      this.emit('message', { answers: [this.#answerTo(request)], waits: this.#waits })
      this.#next()
    }, tookMs)
  }

  #exit(code: number): void {
    this.#stage.threads.delete(this)
    if (code === 0 && this.#files.size > 0) this.#stage.faults.push('has ended with files open')
    this.emit('exit', code)
  }

  #answerTo(request: Exclude<ThreadRequest, { readonly type: 'end' }>): ThreadAnswer {
    const { call, file } = request
    if (request.type === 'call') return this.#called(request)
    if (request.type === 'open') this.#files.add(file)
    else this.#files.delete(file)
    return { call, value: undefined }
  }

  #called({ call, file, method, args }: Call): ThreadAnswer {
    const { faults, done, threads } = this.#stage
    if (!this.#files.has(file)) faults.push('has been asked for a file that it has not open')
    const others = [...threads].filter((other) => other !== this && other.has(file))
    // It is still to be closed where it was, behind what that thread has to do.
    if (others.length > 1) faults.push('is open in three threads')
    if (method === 'fail') {
      const message = 'as it was told'
      const error = { name: 'Error', message, stack: '', ours: undefined, code: 'EIO' }
      return { call, error: { ...error, cause: undefined } }
    }
    done.set(file, [...(done.get(file) ?? []), Number(args[0])])
    return { call, value: args[0] }
  }
}
