import type { Core, Logger, Session } from '@nanoclaw/core'
import { errorMessage } from '@nanoclaw/schema'

/** Tells the operator what goes wrong in sessions: an incident each, however often it recurs. */
export interface Troubles {
  open(session: Session, kind: string, message: string): void
  /** The same; resolves when it is kept. Rejects when it cannot be. */
  keep(session: Session, kind: string, message: string): Promise<void>
  /** It is over, also what an earlier process has told; costs nothing when nothing is open. */
  recovered(session: Session, kind: string): void
  /** Resolves when all that was told is kept. */
  settled(): Promise<void>
}

/** Words that are to be written. */
interface Waiting {
  message: string
  written: Promise<void>
}

/** What is written of one kind and session, one after another. */
interface Line {
  last: Promise<void>
  /** Not begun yet: what comes meanwhile makes it newer. */
  waiting: Waiting | undefined
}

/**
 * 1. What is told of one kind and session is written in its order, a flood of it as two incidents'
 *    writes, not thousands: the newest words stand.
 * 2. What is over is resolved after what was told before, and leaves alone what is told after.
 */
export function createTroubles({
  core,
  logger,
}: {
  readonly core: Pick<Core, 'incidents'>
  readonly logger: Logger
}): Troubles {
  const lines = new Map<string, Line>()
  /** Incidents that may be open; those of earlier processes once they have been asked for. */
  const known = new Set<string>()
  let earlier: Promise<void> | undefined
  let areEarlierKnown = false
  const logError = (error: unknown): void =>
    logger.error({ err: error }, `an incident could not be kept: ${errorMessage(error)}`)

  const keyOf = (kind: string, subject: string): string => JSON.stringify([kind, subject])

  /** Resolves when it is done; whatever is told after it does not become a part of it. */
  const append = (key: string, work: () => Promise<void>): Promise<void> => {
    const line = lines.get(key) ?? { last: Promise.resolve(), waiting: undefined }
    lines.set(key, line)
    line.waiting = undefined
    const written = line.last.catch(() => undefined).then(work)
    line.last = written
    const forget = (): void => {
      if (line.last === written) lines.delete(key)
    }
    written.then(forget, forget)
    return written
  }

  const load = async (): Promise<void> => {
    const open = await core.incidents.list({ open: true })
    for (const { kind, subject } of open) known.add(keyOf(kind, subject))
    areEarlierKnown = true
  }

  const tell = (session: Session, kind: string, message: string): Promise<void> => {
    logger.warn({ session: session.id, kind }, message)
    const { id: sessionId, agentGroupId } = session
    const key = keyOf(kind, sessionId)
    const waiting = lines.get(key)?.waiting
    if (waiting !== undefined) {
      waiting.message = message
      return waiting.written
    }
    const own: Waiting = { message, written: Promise.resolve() }
    own.written = append(key, async () => {
      const line = lines.get(key)
      if (line?.waiting === own) line.waiting = undefined
      const incident = { kind, subject: sessionId, message: own.message, sessionId, agentGroupId }
      await core.incidents.open(incident)
      known.add(key)
    })
    const line = lines.get(key)
    if (line !== undefined) line.waiting = own
    return own.written
  }

  return {
    open: (session, kind, message) => void tell(session, kind, message).catch(logError),
    keep: tell,
    recovered: (session, kind) => {
      if (areEarlierKnown && known.size === 0 && lines.size === 0) return
      const key = keyOf(kind, session.id)
      if (areEarlierKnown && !known.has(key) && !lines.has(key)) return
      append(key, async () => {
        if (!areEarlierKnown) await (earlier ??= load().finally(() => (earlier = undefined)))
        if (!known.has(key)) return
        await core.incidents.resolve(kind, session.id)
        known.delete(key)
      }).catch(logError)
    },
    settled: async () => {
      while (lines.size > 0) {
        await Promise.allSettled([...lines.values()].map(({ last }) => last))
      }
    },
  }
}
