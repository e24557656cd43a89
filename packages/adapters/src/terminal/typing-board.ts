import type { Author } from '../contract/parts.ts'

/** Who is at work, each for a limited time. Tells `changed` whenever the one to show changes. */
export class TypingBoard {
  readonly #limitMs: number
  readonly #changed: (author: Author | undefined) => void
  readonly #timers = new Map<string, { author: Author; timer: NodeJS.Timeout }>()
  #shown: string | undefined

  constructor(limitMs: number, changed: (author: Author | undefined) => void) {
    this.#limitMs = limitMs
    this.#changed = changed
  }

  /** The last that began, of those still at work. */
  get current(): Author | undefined {
    return [...this.#timers.values()].at(-1)?.author
  }

  begin(author: Author): void {
    this.#remove(author.id)
    const timer = setTimeout(() => this.end(author.id), this.#limitMs)
    timer.unref()
    this.#timers.set(author.id, { author, timer })
    this.#tell()
  }

  end(authorId: string): void {
    this.#remove(authorId)
    this.#tell()
  }

  clear(): void {
    for (const id of [...this.#timers.keys()]) this.#remove(id)
    this.#tell()
  }

  #remove(authorId: string): void {
    clearTimeout(this.#timers.get(authorId)?.timer)
    this.#timers.delete(authorId)
  }

  #tell(): void {
    const { current } = this
    if (current?.id === this.#shown) return
    this.#shown = current?.id
    this.#changed(current)
  }
}
