import type { Core, Session } from '@nanoclaw/core'
import { NanoclawError, type Place } from '@nanoclaw/schema'
import type { ActorRegistry } from './actor-registry.ts'

/** Tells when a chat has gone quiet. */
export interface QuietWatch {
  /** To be called after every change of any session. */
  changed(): void
  whenQuiet(messagingGroupId: string, signal?: AbortSignal): Promise<void>
}

/** Watches over the sessions that chats feed; waits for changes, never by the clock. */
export function createQuietWatch(deps: {
  readonly core: Core
  readonly registry: ActorRegistry
}): QuietWatch {
  const { core, registry } = deps
  const listeners = new Set<() => void>()

  const isQuiet = async (session: Session, place: Place): Promise<boolean> => {
    if (registry.find(session.id) === undefined && session.nextDueAt === null) return true
    return registry.use(session, (actor) => Promise.resolve(actor.isQuietFor(place)))
  }

  return {
    changed: () => {
      for (const listener of listeners) listener()
    },
    whenQuiet: async (messagingGroupId, signal) => {
      const chat = await core.chats.get(messagingGroupId)
      if (chat === undefined) {
        throw new NanoclawError('not-found', `no chat is called ${messagingGroupId}`)
      }
      for (;;) {
        signal?.throwIfAborted()
        const { promise: change, resolve } = Promise.withResolvers<void>()
        listeners.add(resolve)
        const onAbort = (): void => resolve()
        signal?.addEventListener('abort', onAbort)
        try {
          const fed = await core.sessions.forChat(messagingGroupId)
          const verdicts = await Promise.all(fed.map((session) => isQuiet(session, chat)))
          if (verdicts.every(Boolean)) return
          await change
        } finally {
          listeners.delete(resolve)
          signal?.removeEventListener('abort', onAbort)
        }
      }
    },
  }
}
