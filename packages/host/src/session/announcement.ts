import { dueAtOnce, type Core, type Session } from '@nanoclaw/core'

/**
 * What the central database is told of one session that is awake: that it is to be woken should this
 * process end. Told before anything is committed that must be gone on with, so that a crash in
 * between can only wake in vain (I8); once, until the session is put away.
 */
export class Announcement {
  readonly #sessions: Core['sessions']
  readonly #sessionId: string
  #isMade = false

  constructor({ sessions }: Pick<Core, 'sessions'>, { id }: Pick<Session, 'id'>) {
    this.#sessions = sessions
    this.#sessionId = id
  }

  /** Durable when it resolves. */
  async make(): Promise<void> {
    if (this.#isMade) return
    await this.#sessions.ensureDue(this.#sessionId, dueAtOnce)
    this.#isMade = true
  }

  /** Nothing is left to do before `next` (ISO-8601 UTC), or at all. */
  async takeBack(next: string | null): Promise<void> {
    this.#isMade = false
    await this.#sessions.setDue(this.#sessionId, next)
  }

  /** There is something after all, by `at` (ISO-8601 UTC). */
  async makeFor(at: string): Promise<void> {
    await this.#sessions.ensureDue(this.#sessionId, at)
  }
}
