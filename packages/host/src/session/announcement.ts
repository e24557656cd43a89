import { dueAtOnce, type Core, type Session } from '@nanoclaw/core'
import type { WorkWatch } from './work-watch.ts'
import { earliest } from './workload.ts'

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

  /**
   * Nothing is left to do now. What others wrote at the last moment, when the session still looked
   * announced, is found by a look afterwards. `sendsAt`: when something is to be sent (ISO-8601 UTC).
   * Resolves to whether there is something to come.
   */
  async takeBack(
    work: Pick<WorkWatch, 'look' | 'isDue' | 'nextDueAt'>,
    sendsAt: string | null,
  ): Promise<boolean> {
    this.#isMade = false
    await this.#sessions.setDue(this.#sessionId, earliest(work.nextDueAt, sendsAt))
    await work.look()
    const dueAt = work.isDue ? dueAtOnce : work.nextDueAt
    if (dueAt !== null) await this.#sessions.ensureDue(this.#sessionId, dueAt)
    return dueAt !== null || sendsAt !== null
  }
}
