import type { Session } from '@nanoclaw/core'
import { errorMessage } from '@nanoclaw/schema'
import type { ActorDeps } from './actor-deps.ts'

/** Kinds of trouble that are over once the session makes progress. */
const passing: ReadonlySet<string> = new Set([
  'container-fails',
  'container-keeper',
  'container-silent',
  'delivery-ledger',
  'inbound-locked',
  'inbound-starved',
  'session-actor',
])

/** What one session has to tell the operator, and what of it is still true. */
export class SessionTroubles {
  readonly #session: Session
  readonly #deps: Pick<ActorDeps, 'trouble' | 'recovered'>
  readonly #current = new Set<string>()

  constructor(session: Session, deps: Pick<ActorDeps, 'trouble' | 'recovered'>) {
    this.#session = session
    this.#deps = deps
  }

  tell(kind: string, message: string): void {
    if (passing.has(kind)) this.#current.add(kind)
    this.#deps.trouble(this.#session, kind, message)
  }

  /** Something failed inside the host. */
  failed(error: unknown): void {
    this.tell('session-actor', errorMessage(error))
  }

  /** The session has made progress: what kept it from working is over. */
  recovered(): void {
    for (const kind of this.#current) this.#deps.recovered(this.#session, kind)
    this.#current.clear()
  }
}
