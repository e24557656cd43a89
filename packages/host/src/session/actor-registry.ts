import type { Session } from '@nanoclaw/core'
import type { SessionActor } from './session-actor.ts'

/** Makes an actor: opens its mailbox and lets it go on with what was left. */
export type OpenActor = (session: Session) => Promise<SessionActor>

/**
 * The sessions that are awake: at most one actor each. One that is being put away is waited for
 * before it is woken again, so that two never touch one mailbox.
 */
export class ActorRegistry {
  readonly #open: OpenActor
  readonly #onError: (error: unknown) => void
  readonly #actors = new Map<string, SessionActor>()
  readonly #opening = new Map<string, Promise<SessionActor>>()
  readonly #retiring = new Map<string, Promise<void>>()
  readonly #using = new Map<string, number>()

  /** `onError` is told of what fails while an actor is put away. */
  constructor(open: OpenActor, onError: (error: unknown) => void) {
    this.#open = open
    this.#onError = onError
  }

  list(): readonly SessionActor[] {
    return [...this.#actors.values()]
  }

  find(sessionId: string): SessionActor | undefined {
    return this.#actors.get(sessionId)
  }

  /** Wakes the session if it sleeps, and keeps it awake while `use` runs. */
  async use<T>(session: Session, use: (actor: SessionActor) => Promise<T>): Promise<T> {
    const { id } = session
    this.#using.set(id, (this.#using.get(id) ?? 0) + 1)
    try {
      return await use(this.#actors.get(id) ?? (await this.#wake(session)))
    } finally {
      const left = (this.#using.get(id) ?? 1) - 1
      if (left > 0) this.#using.set(id, left)
      else this.#using.delete(id)
      const actor = this.#actors.get(id)
      if (actor !== undefined) this.retireIfIdle(actor)
    }
  }

  /** Puts an actor away if nothing needs it. */
  retireIfIdle(actor: SessionActor): void {
    const { id } = actor.session
    if (this.#using.has(id) || this.#actors.get(id) !== actor || !actor.isRetirable) return
    this.#actors.delete(id)
    const retiring = actor
      .retire()
      .catch(this.#onError)
      .finally(() => this.#retiring.delete(id))
    this.#retiring.set(id, retiring)
  }

  async stop(): Promise<void> {
    await Promise.allSettled(this.#opening.values())
    await Promise.allSettled(this.list().map((actor) => actor.stop()))
    await Promise.allSettled(this.#retiring.values())
    this.#actors.clear()
  }

  #wake(session: Session): Promise<SessionActor> {
    const known = this.#opening.get(session.id)
    if (known !== undefined) return known
    const opening = this.#openAfterRetiring(session).finally(() => {
      this.#opening.delete(session.id)
    })
    this.#opening.set(session.id, opening)
    return opening
  }

  async #openAfterRetiring(session: Session): Promise<SessionActor> {
    await this.#retiring.get(session.id)
    const actor = await this.#open(session)
    this.#actors.set(session.id, actor)
    return actor
  }
}
