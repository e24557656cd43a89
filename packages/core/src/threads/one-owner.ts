import { NanoclawError } from '@nanoclaw/schema/plain'
import type { AnyThreads, FileAt, Given, GivenBack, ThreadFile, Threads } from './types.ts'

/** A file that is open, or opening, for as many as have a handle. */
interface Shared {
  readonly file: Promise<ThreadFile<Record<string, never>>>
  handles: number
}

/** Counts what is under way, so that whoever closes a handle can wait for it. */
class UnderWay {
  #count = 0
  #ended: (() => void) | undefined

  add(call: Promise<unknown>): void {
    this.#count += 1
    const done = () => {
      this.#count -= 1
      if (this.#count === 0) this.#ended?.()
    }
    call.then(done, done)
  }

  end(): Promise<void> {
    return new Promise((resolve) => {
      this.#ended = resolve
      if (this.#count === 0) resolve()
    })
  }
}

/**
 * One owner for each file, however many open it: two connections of one process would meet each
 * other's locks.
 */
class OneOwner implements Threads {
  readonly #threads: AnyThreads
  readonly #shared = new Map<string, Shared>()
  /** Those whose last handle has been closed. */
  readonly #closing = new Map<string, Promise<void>>()
  #isClosed = false

  constructor(threads: AnyThreads) {
    this.#threads = threads
  }

  async open<Methods>(kind: string, options: FileAt): Promise<ThreadFile<Methods>> {
    if (this.#isClosed) {
      throw new NanoclawError('closed', 'these threads have ended; create another core')
    }
    const { path } = options
    const shared = this.#shared.get(path) ?? this.#opened(kind, options)
    shared.handles += 1
    try {
      return this.#handle(path, shared, (await shared.file) as ThreadFile<Methods>)
    } catch (error) {
      this.#leave(path, shared)
      throw error
    }
  }

  close(): Promise<void> {
    this.#isClosed = true
    return this.#threads.close()
  }

  #opened(kind: string, options: FileAt): Shared {
    const { path } = options
    const open = async () => {
      await this.#closing.get(path)?.catch(() => undefined)
      return this.#threads.open<Record<string, never>>(kind, options)
    }
    const shared = { file: open(), handles: 0 }
    this.#shared.set(path, shared)
    return shared
  }

  /** Whether that was the last. */
  #leave(path: string, shared: Shared): boolean {
    shared.handles -= 1
    if (shared.handles > 0) return false
    this.#shared.delete(path)
    return true
  }

  #handle<Methods>(path: string, shared: Shared, file: ThreadFile<Methods>): ThreadFile<Methods> {
    const underWay = new UnderWay()
    let closing: Promise<void> | undefined
    return {
      call<Name extends keyof Methods & string>(name: Name, ...args: Given<Methods, Name>) {
        if (closing !== undefined) return Promise.reject(closedError())
        const call: Promise<GivenBack<Methods, Name>> = file.call(name, ...args)
        underWay.add(call)
        return call
      },
      close: () =>
        (closing ??= this.#leave(path, shared) ? this.#closed(path, file) : underWay.end()),
    }
  }

  #closed(path: string, file: Pick<ThreadFile<never>, 'close'>): Promise<void> {
    const closing = file.close().finally(() => {
      if (this.#closing.get(path) === closing) this.#closing.delete(path)
    })
    this.#closing.set(path, closing)
    return closing
  }
}

function closedError(): NanoclawError {
  return new NanoclawError('closed', 'this file has been closed; open it')
}

/** Threads in which each file is open once at most. */
export function oneOwner(threads: AnyThreads): Threads {
  return new OneOwner(threads)
}
