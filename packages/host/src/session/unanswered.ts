import type { ChatWords, Delivery, Mailbox, PendingRow } from '@nanoclaw/core'
import { originKey, type Origin } from '@nanoclaw/schema'

/** What it takes to tell people that they cannot be answered now. */
export interface UnansweredDeps {
  readonly mailbox: Pick<Mailbox, 'tellUnanswered'>
  /** Undefined: nothing is said in chats. */
  readonly words: ChatWords | undefined
  /** So long containers have failed, without progress, before people are told that they wait. */
  readonly afterMs: number
  /** Rows that want an answer now. */
  due(): readonly PendingRow[]
  /** Whether a container is at work: then they may yet be answered. */
  isRunning(): boolean
  /** The host's own messages, to be sent. */
  onSaid(said: readonly Delivery[]): void
  onError(error: unknown): void
  /** What was being told has been told, or could not be. */
  onTold(): void
}

/**
 * Tells everybody whose message waits that it cannot be answered now: once per place and thread,
 * however often it is called, until one of their messages has been answered (L12).
 */
export class Unanswered {
  readonly #deps: UnansweredDeps
  /** The first failure since there was progress; by our own clock. */
  #failingSince: number | undefined
  #timer: NodeJS.Timeout | undefined
  #telling = 0
  #stopped = false

  constructor(deps: UnansweredDeps) {
    this.#deps = deps
  }

  /** Somebody is just being told: whoever puts the session away waits for it. */
  get isTelling(): boolean {
    return this.#telling > 0
  }

  /** Tells them now; durable. */
  async tell(): Promise<void> {
    const { mailbox, words, due, onSaid, onTold } = this.#deps
    const origins = new Map<string, Origin>()
    for (const { origin } of due()) if (origin !== null) origins.set(originKey(origin), origin)
    if (words === undefined || origins.size === 0 || this.#stopped) return
    this.#telling += 1
    try {
      onSaid(await mailbox.tellUnanswered([...origins.values()], words.waiting))
    } finally {
      this.#telling -= 1
      onTold()
    }
  }

  /** As `tell`, without waiting for it. */
  tellSoon(): void {
    this.tell().catch((error: unknown) => {
      if (!this.#stopped) this.#deps.onError(error)
    })
  }

  /** A container has failed: they are told if that goes on for long. */
  failed(): void {
    if (this.#stopped) return
    this.#failingSince ??= performance.now()
    const leftMs = this.#failingSince + this.#deps.afterMs - performance.now()
    if (leftMs <= 0) this.tellSoon()
    else this.#timer ??= setTimeout(() => this.#tellIfIdle(), leftMs)
  }

  /** A container has shown progress: what failed before is forgiven. */
  progressed(): void {
    this.#failingSince = undefined
    clearTimeout(this.#timer)
    this.#timer = undefined
  }

  /** Tells nobody any more. */
  stop(): void {
    this.progressed()
    this.#stopped = true
  }

  /** Where a container is at work now, the next failure tells. */
  #tellIfIdle(): void {
    if (!this.#deps.isRunning()) this.tellSoon()
  }
}
