import { errorMessage, NanoclawError } from '@nanoclaw/schema/plain'
import { DatabaseThread } from './database-thread.ts'
import { OwnedFile, type Placing } from './owned-file.ts'
import { threadEntry } from './thread-entry.ts'
import type { AnyThreads, Given, GivenBack, ThreadFile } from './types.ts'

/** So long after the system has given no thread it is not asked for another. */
const refusedForMs = 5_000

/** How many threads, and what they run. */
export interface ThreadPoolOptions {
  /** At most so many threads at a time. */
  readonly maximum: number
  /** Default: {@link threadEntry}. */
  readonly entry?: string | undefined
  /**
   * So long a thread has nothing to do, or no thread waits for its disk, before one ends, in
   * milliseconds. Default 10,000.
   */
  readonly idleMs?: number | undefined
}

/**
 * Threads that files are opened in.
 *
 * 1. A thread is started when there is work and those there are wait for their disk: one is enough
 *    for a disk whose syncs cost little, and as many as there may be share the waits of a slow one.
 * 2. A file moves away from a thread that waits to one with fewer files, while nothing of it is
 *    under way.
 * 3. A thread that has nothing to do for some seconds gives its files to the first and ends.
 * 4. Where none has waited for its disk for as long, the youngest gives its files to the others and
 *    ends, and then the next, until there is one. It stays if one waits in the meantime.
 */
class ThreadPool implements AnyThreads, Placing {
  readonly #maximum: number
  readonly #entry: string
  readonly #idleMs: number
  readonly #threads = new Map<DatabaseThread, Set<OwnedFile>>()
  readonly #files = new Set<OwnedFile>()
  readonly #ending = new Set<Promise<void>>()
  /** In the order they came. */
  readonly #waiting = new Set<OwnedFile>()
  /** The thread that gives its files away. */
  #leaving: DatabaseThread | undefined
  /** When one last waited for its disk. */
  #slowAt = performance.now()
  #lastFile = 0
  #refusedUntil = 0
  #timer: NodeJS.Timeout | undefined
  #closing: Promise<void> | undefined

  constructor({ maximum, entry = threadEntry(), idleMs = 10_000 }: ThreadPoolOptions) {
    this.#maximum = maximum
    this.#entry = entry
    this.#idleMs = idleMs
  }

  async open<Methods>(kind: string, options: unknown): Promise<ThreadFile<Methods>> {
    if (this.#closing !== undefined) {
      throw new NanoclawError('closed', 'these threads have ended; create another core')
    }
    const file = new OwnedFile({ file: ++this.#lastFile, kind, options }, this)
    this.#files.add(file)
    try {
      await file.open()
    } catch (error) {
      this.#files.delete(file)
      throw error
    }
    return {
      call: <Name extends keyof Methods & string>(name: Name, ...args: Given<Methods, Name>) =>
        file.ask(name, args) as Promise<GivenBack<Methods, Name>>,
      close: async () => {
        await file.close()
        this.#files.delete(file)
      },
    }
  }

  close(): Promise<void> {
    return (this.#closing ??= this.#end())
  }

  placeFor({ thread }: OwnedFile): DatabaseThread | undefined {
    if (thread === undefined) return this.#elsewhere() ?? this.#more()
    if (!this.#isSlow(thread)) return this.isLeaving(thread) ? this.#elsewhere() : undefined
    const best = this.#withFewest((other) => other.waiting === 0) ?? this.#more()
    return this.#countOf(best) + 1 < this.#countOf(thread) ? best : undefined
  }

  isLeaving(thread: DatabaseThread): boolean {
    return thread === this.#leaving
  }

  waits(file: OwnedFile): void {
    this.#waiting.add(file)
  }

  placed(file: OwnedFile, from: DatabaseThread | undefined, to: DatabaseThread | undefined): void {
    if (from !== undefined) this.#threads.get(from)?.delete(file)
    if (to !== undefined) this.#threads.get(to)?.add(file)
  }

  #countOf(thread: DatabaseThread): number {
    return this.#threads.get(thread)?.size ?? 0
  }

  /** Whether it waits for its disk now: then none leaves. */
  #isSlow(thread: DatabaseThread): boolean {
    const isSlow = thread.isSlow(performance.now())
    if (isSlow) this.#noteSlow()
    return isSlow
  }

  #noteSlow(): void {
    this.#slowAt = performance.now()
    this.#leaving = undefined
  }

  /** One that stays, and does not wait for its disk. Where there is none, none leaves. */
  #elsewhere(): DatabaseThread | undefined {
    const best = this.#withFewest((other) => !this.isLeaving(other) && !this.#isSlow(other))
    if (best === undefined) this.#leaving = undefined
    return best
  }

  #withFewest(isWanted: (thread: DatabaseThread) => boolean): DatabaseThread | undefined {
    let best: DatabaseThread | undefined
    for (const thread of this.#threads.keys()) {
      if (!isWanted(thread)) continue
      if (best === undefined || this.#countOf(thread) < this.#countOf(best)) best = thread
    }
    return best
  }

  /** A new one where there may be more, one at a time; else that with the fewest files. */
  #more(): DatabaseThread {
    const old = this.#withFewest((one) => !one.isStarting) ?? this.#withFewest(() => true)
    if (old === undefined) return this.#started()
    const isStarting = [...this.#threads.keys()].some((one) => one.isStarting)
    const count = this.#threads.size + this.#ending.size
    const mayBeMore = count < this.#maximum && performance.now() > this.#refusedUntil
    if (!mayBeMore || isStarting) return old
    try {
      return this.#started()
    } catch {
      // There is one that does the work.
      this.#refusedUntil = performance.now() + refusedForMs
      return old
    }
  }

  #newThread(): DatabaseThread {
    try {
      return new DatabaseThread(this.#entry, (thread, wasSlow) => {
        if (wasSlow) this.#noteSlow()
        this.#hasRoom(thread)
      })
    } catch (error) {
      throw new NanoclawError(
        'io',
        `the system gives no thread for the databases (${errorMessage(error)}); let this process have more threads, or set databaseThreads: 0`,
        { cause: error },
      )
    }
  }

  #started(): DatabaseThread {
    const thread = this.#newThread()
    this.#threads.set(thread, new Set())
    void thread.ended.then(() => {
      const files = this.#threads.get(thread)
      // Unless it was told to: the one that leaves may be the last.
      if (this.#threads.delete(thread)) this.#leaving = undefined
      this.#hasRoom(thread)
      // A session's `-wal` and `-shm` are gone with it, which a container may be about to look for.
      for (const file of files ?? []) file.reopen()
    })
    this.#timer ??= setInterval(() => this.#endSome(), this.#idleMs / 2).unref()
    return thread
  }

  /** Lets files go on that wait for it, or elsewhere, as long as it waits for a disk itself. */
  #hasRoom(thread: DatabaseThread): void {
    if (this.#waiting.size === 0) return
    const isSlow = this.#isSlow(thread)
    for (const file of this.#waiting) {
      const at = file.thread
      if (at !== undefined && at !== thread) continue
      // It moves when what is under way is done.
      if (at !== undefined && this.isLeaving(at) && !file.isAtRest) continue
      if (at?.isFull !== true) {
        // Behind all others, where more of it waits.
        this.#waiting.delete(file)
        file.goOn()
      } else if (isSlow) {
        const better = file.isAtRest ? this.placeFor(file) : undefined
        if (better === undefined) continue
        this.#waiting.delete(file)
        file.moveTo(better)
      } else return
    }
  }

  #endSome(): void {
    this.#endIdle()
    this.#endSpare()
  }

  /** Of those that have nothing to do all but the first give away what they have open. */
  #endIdle(): void {
    const idleSince = performance.now() - this.#idleMs
    const [first] = this.#threads.keys()
    for (const [thread, files] of this.#threads) {
      if (!thread.isIdleSince(idleSince)) continue
      if (files.size === 0 && thread.isEmpty) this.#retire(thread)
      // They are open here until they are there: not while that one waits for its disk.
      else if (first !== undefined && thread !== first && !this.#isSlow(first)) {
        for (const file of files) file.moveTo(first)
      }
    }
  }

  /** With a disk that makes nobody wait, one is enough. */
  #endSpare(): void {
    const threads = [...this.#threads.keys()]
    if (threads.some((thread) => this.#isSlow(thread))) return
    if (performance.now() - this.#slowAt < this.#idleMs) return
    if (this.#leaving?.isEmpty === true) this.#retire(this.#leaving)
    this.#leaving ??= [...this.#threads.keys()].slice(1).at(-1)
    if (this.#leaving === undefined) return
    // Those that are asked something move then.
    for (const file of this.#threads.get(this.#leaving) ?? []) {
      const to = this.placeFor(file)
      if (to !== undefined) file.moveTo(to)
    }
  }

  /** It is given no more files. */
  #retire(thread: DatabaseThread): void {
    this.#threads.delete(thread)
    if (this.isLeaving(thread) || this.#threads.size < 2) this.#leaving = undefined
    const ended = thread.end().finally(() => this.#ending.delete(ended))
    this.#ending.add(ended)
    if (this.#threads.size > 0) return
    clearInterval(this.#timer)
    this.#timer = undefined
  }

  async #end(): Promise<void> {
    await Promise.all(Array.from(this.#files, (file) => file.close()))
    for (const thread of [...this.#threads.keys()]) this.#retire(thread)
    await Promise.all(this.#ending)
    clearInterval(this.#timer)
  }
}

/** Threads that are started when there is work. */
export function createThreadPool(options: ThreadPoolOptions): AnyThreads {
  return new ThreadPool(options)
}
