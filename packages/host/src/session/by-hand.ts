import { dueAtOnce, type Core, type Delivery, type Rerun, type Session } from '@nanoclaw/core'
import type { ForgetReport, OutboundReader, Person } from '@nanoclaw/core'
import { NanoclawError } from '@nanoclaw/schema'
import { unlessAborted } from '../deadline.ts'
import { forgetPerson } from '../retention/forget-person.ts'
import type { ActorRegistry } from './actor-registry.ts'
import { letThrough, type Approved } from './let-through.ts'
import type { Quarantine } from './quarantine.ts'
import type { Troubles } from './troubles.ts'

/** What became of a message that is to go through again. */
export type RequeueResult =
  /** A message for an agent: it waits again under its id, or has been appended as a new one. */
  | ({ readonly direction: 'in' } & Rerun)
  /** A message of an agent: it is sent again. */
  | { readonly direction: 'out'; readonly delivery: Delivery }

/** What an operator does with sessions and single messages; all but `release` wait for the start. */
export interface ByHand {
  requeue(id: string, signal?: AbortSignal): Promise<RequeueResult>
  settle(id: string, as: 'delivered' | 'failed', signal?: AbortSignal): Promise<Delivery>
  letBe(sessionId: string, signal?: AbortSignal): Promise<boolean>
  /** Sends a message as a person has approved; nothing where that is done. Durable. */
  letThrough(
    message: { readonly sessionId: string; readonly messageOutId: string },
    approved: Approved,
  ): Promise<void>
  release(sessionId: string, signal?: AbortSignal): Promise<boolean>
  forget(person: Person, options?: ForgetPersonOptions): Promise<ForgetReport>
  /**
   * Ends the session's container in its grace and makes its agent forget the conversation, as
   * `clearSession` of the core does; what waits is answered by an agent that knows nothing of it. False
   * for a session that there is not. `by` is whose word it is: an id, or `operator`, the default.
   */
  clear(sessionId: string, by?: string, signal?: AbortSignal): Promise<boolean>
}

/** How a person is forgotten. */
export interface ForgetPersonOptions {
  /** Changes nothing, and says what would be removed. Default false. */
  readonly dryRun?: boolean | undefined
  readonly signal?: AbortSignal | undefined
}

/** What that needs. */
export interface ByHandDeps {
  readonly core: Core
  readonly registry: ActorRegistry
  readonly reader: OutboundReader
  readonly quarantine: Quarantine
  readonly troubles: Troubles
  /** Before it no session may be woken. */
  readonly started: Promise<void>
  /** A session that sleeps is due. */
  onDue(): void
}

/** Each wakes the session that it is about, and does it there. */
export function createByHand(deps: ByHandDeps): ByHand {
  const { core, registry, quarantine, troubles, started } = deps
  const find = async (id: string): Promise<{ session: Session; direction: 'in' | 'out' }> => {
    const found = await core.findMessage(id)
    if (found !== undefined) return found
    throw new NanoclawError('not-found', `no message is called ${id}`)
  }

  const requeue = async (id: string): Promise<RequeueResult> => {
    await started
    const { session, direction } = await find(id)
    return registry.use(session, async (actor) => {
      if (direction === 'in') return { direction, ...(await actor.rerun(id)) }
      // What is to be sent is announced first, so that a crash can only wake in vain.
      await actor.announce()
      return { direction, delivery: await actor.deliveries.requeue(id) }
    })
  }
  const settle = async (id: string, as: 'delivered' | 'failed'): Promise<Delivery> => {
    await started
    const { session, direction } = await find(id)
    if (direction === 'in') {
      throw new NanoclawError('bad-state', `${id} is a message for an agent; it is not delivered`)
    }
    return registry.use(session, async (actor) => {
      await actor.announce()
      return actor.deliveries.settleAsked(id, as)
    })
  }
  const letBe = async (sessionId: string): Promise<boolean> => {
    await started
    const session = await core.sessions.get(sessionId)
    return session !== undefined && registry.use(session, (actor) => actor.letBe())
  }

  const release = async (sessionId: string): Promise<boolean> => {
    const session = await core.sessions.get(sessionId)
    await troubles.settled()
    if (!(await quarantine.lift(sessionId)) || session === undefined) return false
    await registry.restart(sessionId)
    await core.sessions.ensureDue(sessionId, dueAtOnce)
    deps.onDue()
    return true
  }

  const clear = async (sessionId: string, by?: string): Promise<boolean> => {
    await started
    const session = await core.sessions.get(sessionId)
    if (session === undefined) return false
    // Before: whatever cuts this off, the session goes on.
    await core.sessions.ensureDue(sessionId, dueAtOnce)
    try {
      await registry.hold(sessionId, async () => {
        await core.clearSession(session, by)
        deps.reader.forget?.(session.agentGroupId, sessionId)
      })
    } finally {
      deps.onDue()
    }
    return true
  }

  const forget = async (person: Person, dryRun: boolean): Promise<ForgetReport> => {
    await started
    return forgetPerson(deps, person, dryRun)
  }

  return {
    letThrough: (message, approved) => letThrough(deps, message, approved),
    forget: (person, { dryRun = false, signal } = {}) =>
      unlessAborted(forget(person, dryRun), signal),
    clear: (sessionId, by, signal) => unlessAborted(clear(sessionId, by), signal),
    requeue: (id, signal) => unlessAborted(requeue(id), signal),
    settle: (id, as, signal) => unlessAborted(settle(id, as), signal),
    letBe: (sessionId, signal) => unlessAborted(letBe(sessionId), signal),
    release: async (sessionId, signal) => {
      signal?.throwIfAborted()
      return unlessAborted(release(sessionId), signal)
    },
  }
}
