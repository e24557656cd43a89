import type { Appended, NewInbound } from '@nanoclaw/core'
import { isNanoclawError } from '@nanoclaw/schema'

/** Rows of one transaction, if it is made for several callers. */
const rowsAtOnce = 100

interface Waiting {
  readonly rows: readonly NewInbound[]
  resolve(appended: readonly Appended[]): void
  reject(error: unknown): void
}

/** One transaction: durable when it resolves; nothing was appended where it throws for a row. */
export type AppendRows = (rows: readonly NewInbound[]) => Promise<readonly Appended[]>

/**
 * Rows that are handed over while others are being written are written together, in their order, when
 * these are durable: a flood of messages to one session costs few commits, and a single one waits for
 * nobody. A row that cannot be written is the fault of its caller alone.
 */
export class AppendQueue {
  readonly #append: AppendRows
  readonly #waiting: Waiting[] = []
  #isWriting = false

  constructor(append: AppendRows) {
    this.#append = append
  }

  /** Resolves when these are durable. Rejects with what the transaction threw for them. */
  async append(rows: readonly NewInbound[]): Promise<readonly Appended[]> {
    if (this.#isWriting) {
      return new Promise((resolve, reject) => this.#waiting.push({ rows, resolve, reject }))
    }
    this.#isWriting = true
    try {
      return await this.#append(rows)
    } finally {
      void this.#writeWaiting()
    }
  }

  async #writeWaiting(): Promise<void> {
    for (let next = this.#takeNext(); next.length > 0; next = this.#takeNext()) {
      await this.#write(next)
    }
    this.#isWriting = false
  }

  #takeNext(): readonly Waiting[] {
    let count = 0
    let rows = 0
    for (const waiting of this.#waiting) {
      rows += waiting.rows.length
      if (count > 0 && rows > rowsAtOnce) break
      count += 1
    }
    return this.#waiting.splice(0, count)
  }

  async #write(together: readonly Waiting[]): Promise<void> {
    try {
      const appended = await this.#append(together.flatMap(({ rows }) => rows))
      let from = 0
      for (const { rows, resolve } of together) {
        resolve(appended.slice(from, from + rows.length))
        from += rows.length
      }
    } catch (error) {
      if (together.length > 1 && isOfRow(error)) {
        for (const each of together) await this.#write([each])
      } else for (const { reject } of together) reject(error)
    }
  }
}

/** Whether a row was refused: then nothing was appended, and the others are not to blame. */
function isOfRow(error: unknown): boolean {
  return isNanoclawError(error) && (error.code === 'bad-content' || error.code === 'bad-option')
}
