import { lstat } from 'node:fs/promises'

/** A file that was written so recently may be written once more under the same time, in milliseconds. */
const settledAfterMs = 1_000

/**
 * Tells, by what the file system says of files, whether they may have been written since it was last
 * asked: no database is opened for that. What cannot be seen may have changed.
 */
export class ChangedFiles {
  readonly #paths: readonly string[]
  readonly #now: () => number
  #known: string | undefined

  /** `now`: the clock of the file system, in milliseconds since 1970. */
  constructor(paths: readonly string[], now: () => number = Date.now) {
    this.#paths = paths
    this.#now = now
  }

  /** True the first time. To be asked before the files are read. */
  async haveChanged(): Promise<boolean> {
    const now = this.#now()
    const found = await Promise.all(this.#paths.map((path) => this.#look(path, now)))
    const isKnown = found.every((each) => each !== undefined)
    const seen = isKnown ? found.join(' ') : undefined
    const isSame = seen !== undefined && seen === this.#known
    this.#known = seen
    return !isSame
  }

  /** What was seen was not read after all: they may have changed. */
  forget(): void {
    this.#known = undefined
  }

  /** Undefined: it has to be asked again. */
  async #look(path: string, now: number): Promise<string | undefined> {
    const info = await lstat(path).catch(() => undefined)
    if (info === undefined || info.mtimeMs > now - settledAfterMs) return undefined
    return `${info.ino}:${info.size}:${info.mtimeMs}`
  }
}
