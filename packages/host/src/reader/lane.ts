import type { ReadOutcome, ReadRequest } from '@nanoclaw/core'
import type { ReaderSlot, SlotRead } from './reader-slot.ts'

/** One read that somebody waits for. */
export interface Job {
  readonly request: ReadRequest
  /** Of its session. */
  readonly key: string
  readonly resolve: (outcome: ReadOutcome) => void
  readonly reject: (reason: unknown) => void
}

/** A slot, with what it does and for whom it keeps files open. */
export class Lane {
  readonly slot: ReaderSlot
  /** The sessions that are read here, whose files it may keep open. */
  readonly sessions = new Set<string>()
  #job: Job | undefined
  #began = 0
  #usedAt: number

  constructor(slot: ReaderSlot, now: number) {
    this.slot = slot
    this.#usedAt = now
  }

  get job(): Job | undefined {
    return this.#job
  }

  get isFree(): boolean {
    return this.#job === undefined
  }

  /** Since when it has been reading, or else doing nothing. */
  busyMs(now: number): number {
    return this.#job === undefined ? 0 : now - this.#began
  }

  idleMs(now: number): number {
    return this.#job === undefined ? now - this.#usedAt : 0
  }

  async run(job: Job, now: () => number): Promise<SlotRead> {
    this.#job = job
    this.#began = now()
    this.sessions.add(job.key)
    try {
      return await this.slot.read(job.request)
    } finally {
      this.#job = undefined
      this.#usedAt = now()
    }
  }
}
