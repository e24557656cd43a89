import type { Session } from '@nanoclaw/core'
import { NanoclawError } from '@nanoclaw/schema'
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
  #stopped = false

  /** `onError` is told of what fails while an actor is put away. */
  constructor(open: OpenActor, onError: (error: unknown) => void) {
    this.#open = open
    this.#onError = onError
  }

  /** How many are awake. */
  get size(): number {
    return this.#actors.size
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
    if (this.#stopped) throw new NanoclawError('closed', 'the host has been stopped')
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
    if (
      this.#stopped ||
      this.#using.has(id) ||
      this.#actors.get(id) !== actor ||
      !actor.isRetirable
    )
      return
    this.#putAway(actor, () => actor.retire())
  }

  /** Puts an actor away whatever it does, in order; the next `use` opens another. */
  async restart(sessionId: string): Promise<void> {
    const actor = this.#actors.get(sessionId)
    if (actor !== undefined) this.#putAway(actor, () => actor.stop())
    await this.#retiring.get(sessionId)
  }

  /** Puts an actor away as `restart` does, and runs `work` before another can be opened. */
  async hold<T>(sessionId: string, work: () => Promise<T>): Promise<T> {
    for (;;) {
      const busy = this.#opening.get(sessionId) ?? this.#retiring.get(sessionId)
      if (busy === undefined) break
      await Promise.allSettled([busy])
    }
    if (this.#stopped) throw new NanoclawError('closed', 'the host has been stopped')
    const actor = this.#actors.get(sessionId)
    this.#actors.delete(sessionId)
    const held = (async () => {
      await actor?.stop()
      return await work()
    })()
    const done = Promise.allSettled([held]).then(() => void this.#retiring.delete(sessionId))
    this.#retiring.set(sessionId, done)
    return held
  }

  async stop(): Promise<void> {
    this.#stopped = true
    await Promise.allSettled(this.#opening.values())
    await Promise.allSettled(this.list().map((actor) => actor.stop()))
    await Promise.allSettled(this.#retiring.values())
    this.#actors.clear()
  }

  #putAway(actor: SessionActor, work: () => Promise<void>): void {
    const { id } = actor.session
    this.#actors.delete(id)
    const retiring = work()
      .catch(this.#onError)
      .finally(() => this.#retiring.delete(id))
    this.#retiring.set(id, retiring)
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
