import type { Core, Session } from '@nanoclaw/core'
import { NanoclawError, timestamp, type Place } from '@nanoclaw/schema'
import { unlessAborted } from '../deadline.ts'
import type { ActorRegistry } from './actor-registry.ts'

/** Tells when a chat has gone quiet. */
export interface QuietWatch {
  /** From now on sessions may be woken; until then everybody waits. */
  start(): void
  /** To be called after every change of any session. */
  changed(): void
  whenQuiet(messagingGroupId: string, signal?: AbortSignal): Promise<Quiet>
}

/** A chat has gone quiet. */
export interface Quiet {
  /** Its rows that get no answer until the operator acts: their session is in quarantine. */
  readonly unanswered: number
}

/** Watches over the sessions that chats feed; waits for changes, never by the clock. */
export function createQuietWatch(deps: {
  readonly core: Core
  readonly registry: ActorRegistry
}): QuietWatch {
  const { core, registry } = deps
  const started = Promise.withResolvers<void>()
  const listeners = new Set<() => void>()

  /** Undefined: not quiet. A session that sleeps until later, or for ever, need not be woken. */
  const unansweredOf = async (session: Session, place: Place): Promise<number | undefined> => {
    const { nextDueAt } = session
    const sleeps = nextDueAt === null || nextDueAt > timestamp(core.clock)
    if (sleeps && registry.find(session.id) === undefined) return 0
    return registry.use(session, (actor) =>
      Promise.resolve(actor.isQuietFor(place) ? actor.unansweredFrom(place) : undefined),
    )
  }

  return {
    start: started.resolve,
    changed: () => {
      for (const listener of listeners) listener()
    },
    whenQuiet: async (messagingGroupId, signal) => {
      const chat = await core.chats.get(messagingGroupId)
      if (chat === undefined) {
        throw new NanoclawError('not-found', `no chat is called ${messagingGroupId}`)
      }
      await unlessAborted(started.promise, signal)
      for (;;) {
        signal?.throwIfAborted()
        const { promise: change, resolve } = Promise.withResolvers<void>()
        listeners.add(resolve)
        const onAbort = (): void => resolve()
        signal?.addEventListener('abort', onAbort)
        try {
          const fed = await core.sessions.forChat(messagingGroupId)
          const found = await Promise.all(fed.map((session) => unansweredOf(session, chat)))
          const counts = found.filter((count) => count !== undefined)
          if (counts.length === found.length) {
            return { unanswered: counts.reduce((sum, count) => sum + count, 0) }
          }
          await change
        } finally {
          listeners.delete(resolve)
          signal?.removeEventListener('abort', onAbort)
        }
      }
    },
  }
}
