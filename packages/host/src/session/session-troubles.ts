import type { Session } from '@nanoclaw/core'
import { errorMessage } from '@nanoclaw/schema'
import type { ActorDeps } from './actor-deps.ts'

/** Kinds of trouble that are over once the session makes progress. */
const passing = [
  'container-fails',
  'container-keeper',
  'container-silent',
  'delivery-ledger',
  'inbound-locked',
  'inbound-starved',
  'session-actor',
  'session-wake',
] as const

/** What one session has to tell the operator, and what of it is over. */
export class SessionTroubles {
  readonly #session: Session
  readonly #deps: Pick<ActorDeps, 'trouble' | 'keepTrouble' | 'recovered'>

  constructor(session: Session, deps: Pick<ActorDeps, 'trouble' | 'keepTrouble' | 'recovered'>) {
    this.#session = session
    this.#deps = deps
  }

  tell(kind: string, message: string): void {
    this.#deps.trouble(this.#session, kind, message)
  }

  /** The same; resolves when it is kept, rejects when it cannot be. */
  keep(kind: string, message: string): Promise<void> {
    return this.#deps.keepTrouble(this.#session, kind, message)
  }

  /** That is over, whoever has told of it. */
  over(kind: string): void {
    this.#deps.recovered(this.#session, kind)
  }

  /** Something failed inside the host. */
  failed(error: unknown): void {
    this.tell('session-actor', errorMessage(error))
  }

  /** The session has made progress: what kept it from working is over, whoever has told of it. */
  recovered(): void {
    for (const kind of passing) this.#deps.recovered(this.#session, kind)
  }
}
