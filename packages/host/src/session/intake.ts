import type { Appended, Delivery, HostWords, Mailbox, NewInbound } from '@nanoclaw/core'
import type { PendingRow, SaidWords } from '@nanoclaw/core'
import type { TraceContext } from '../telemetry/otel.ts'
import type { SessionTrace } from '../telemetry/session-trace.ts'
import type { Announcement } from './announcement.ts'
import { AppendQueue } from './append-queue.ts'
import type { Hearing } from './hearing.ts'
import { pendingRows } from './workload.ts'

/** What it takes to accept rows, and who is told of them. */
export interface IntakeDeps {
  readonly mailbox: Pick<Mailbox, 'append' | 'say'>
  readonly announcement: Announcement
  readonly hearing: Pick<Hearing, 'prepare'>
  readonly trace: Pick<SessionTrace, 'appended'>
  /** Rows are durable; `pending` are those that were not there before. */
  onAppended(appended: readonly Appended[], pending: readonly PendingRow[]): void
  /** The host's own messages, to be sent. */
  onSaid(said: readonly Delivery[]): void
  /** Nothing is being accepted any more. */
  onIdle(): void
}

/** Accepts rows for one session: announced first, then durable, then told of, once a transaction. */
export class Intake {
  readonly #deps: IntakeDeps
  readonly #queue: AppendQueue
  #accepting = 0

  constructor(deps: IntakeDeps) {
    this.#deps = deps
    this.#queue = new AppendQueue((rows) => this.#write(rows))
  }

  get isIdle(): boolean {
    return this.#accepting === 0
  }

  /** Durable when it resolves. */
  append(rows: readonly NewInbound[], trace?: TraceContext): Promise<readonly Appended[]> {
    return this.#accept(async () => {
      await this.#deps.hearing.prepare(rows)
      const appended = await this.#queue.append(rows)
      if (trace !== undefined) this.#deps.trace.appended(appended, trace)
      return appended
    })
  }

  /** Answers somebody who has spoken to the host, once, with the host's own rows that follow from it. */
  say(words: HostWords, rows: readonly NewInbound[]): Promise<SaidWords['outcome']> {
    return this.#accept(async () => {
      const { outcome, appended, said } = await this.#deps.mailbox.say(words, rows)
      if (outcome === 'accepted') {
        this.#deps.onAppended(appended, pendingRows(rows, appended))
        this.#deps.onSaid(said)
      }
      return outcome
    })
  }

  async #accept<T>(work: () => Promise<T>): Promise<T> {
    this.#accepting += 1
    try {
      await this.#deps.announcement.make()
      return await work()
    } finally {
      this.#accepting -= 1
      if (this.isIdle) this.#deps.onIdle()
    }
  }

  async #write(rows: readonly NewInbound[]): Promise<readonly Appended[]> {
    const appended = await this.#deps.mailbox.append(rows)
    this.#deps.onAppended(appended, pendingRows(rows, appended))
    return appended
  }
}
