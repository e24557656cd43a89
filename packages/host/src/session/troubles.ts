import type { Core, Logger, Session } from '@nanoclaw/core'
import { errorMessage } from '@nanoclaw/schema'

/** Tells the operator what goes wrong in sessions: an incident each, however often it recurs. */
export interface Troubles {
  open(session: Session, kind: string, message: string): void
  /** It is over. */
  recovered(session: Session, kind: string): void
  /** Resolves when all that was told is kept. */
  settled(): Promise<void>
}

interface Telling {
  readonly done: Promise<void>
  /** What came while the last one was being written: one more, with the newest words. */
  next: { readonly session: Session; readonly message: string } | undefined
}

/** Writes incidents one at a time per kind and session, so that a flood costs two, not thousands. */
export function createTroubles({ core, logger }: { core: Core; logger: Logger }): Troubles {
  const telling = new Map<string, Telling>()
  const logError = (error: unknown): void =>
    logger.error({ err: error }, `an incident could not be kept: ${errorMessage(error)}`)

  const write = async (key: string, kind: string, session: Session, message: string) => {
    const { id: sessionId, agentGroupId } = session
    await core.incidents
      .open({ kind, subject: sessionId, message, sessionId, agentGroupId })
      .catch(logError)
    const next = telling.get(key)?.next
    telling.delete(key)
    if (next !== undefined) begin(key, kind, next.session, next.message)
  }

  const begin = (key: string, kind: string, session: Session, message: string): void => {
    // Its promise is known before anything of it can have ended.
    const started = Promise.withResolvers<void>()
    telling.set(key, { done: started.promise, next: undefined })
    void write(key, kind, session, message).finally(started.resolve)
  }

  return {
    open: (session, kind, message) => {
      logger.warn({ session: session.id, kind }, message)
      const key = JSON.stringify([kind, session.id])
      const current = telling.get(key)
      if (current === undefined) begin(key, kind, session, message)
      else current.next = { session, message }
    },
    recovered: (session, kind) => {
      core.incidents.resolve(kind, session.id).catch(logError)
    },
    settled: async () => {
      while (telling.size > 0) await Promise.all([...telling.values()].map(({ done }) => done))
    },
  }
}
