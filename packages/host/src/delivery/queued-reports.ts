import { NanoclawError } from '@nanoclaw/schema'
import type { Report } from './reports.ts'

/** A report that has not been applied yet, and who waits for it. */
export interface QueuedReport {
  readonly messageOutId: string
  readonly report: Report
  resolve(): void
  reject(error: unknown): void
}

/** Reports that wait until nothing else is done with their queue. */
export class QueuedReports {
  readonly #waiting: QueuedReport[] = []

  get length(): number {
    return this.#waiting.length
  }

  /** Resolves when it has been applied; rejects when it could not be. */
  add(messageOutId: string, report: Report): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    this.#waiting.push({ messageOutId, report, resolve, reject })
    return promise
  }

  /** Applies what waits, in order. Rejects with the first error, which is that report's, too. */
  async applyAll(apply: (queued: QueuedReport) => Promise<void>): Promise<void> {
    for (;;) {
      const queued = this.#waiting.shift()
      if (queued === undefined) return
      try {
        await apply(queued)
        queued.resolve()
      } catch (error) {
        queued.reject(error)
        throw error
      }
    }
  }

  /** Nothing is applied any more: whoever waits is told so, and tries again later. */
  rejectAll(): void {
    const closed = new NanoclawError('closed', 'the session is being put away; report it again')
    for (const { reject } of this.#waiting.splice(0)) reject(closed)
  }
}
