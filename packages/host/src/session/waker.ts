import type { Session } from '@nanoclaw/core'
import { errorMessage } from '@nanoclaw/schema'
import type { ActorRegistry } from './actor-registry.ts'
import type { Quarantine } from './quarantine.ts'
import type { Troubles } from './troubles.ts'

const wakeAgainMs = 30_000

/** What a waker needs. */
export interface WakerDeps {
  readonly registry: ActorRegistry
  readonly quarantine: Quarantine
  readonly troubles: Troubles
}

/** Wakes sessions that are due. */
export interface Waker {
  /** Sessions that could not be woken: they stay due, and are left alone for 30 s. */
  readonly failing: number
  /** Resolves when it is awake, or is not to be woken. */
  wake(session: Session): Promise<void>
}

/** One that cannot be woken is told of, and keeps none of the others from it. */
export function createWaker({ registry, quarantine, troubles }: WakerDeps): Waker {
  /** When to try again, on our own clock. */
  const failing = new Map<string, number>()
  return {
    get failing() {
      return failing.size
    },
    async wake(session) {
      const { id } = session
      // One that is awake looks by itself, with every tick.
      const isHeld = quarantine.has(id) || registry.find(id) !== undefined
      if (isHeld || (failing.get(id) ?? 0) > performance.now()) return
      try {
        await registry.use(session, (actor) => actor.lookAgain())
        if (failing.delete(id)) troubles.recovered(session, 'session-wake')
      } catch (error) {
        failing.set(id, performance.now() + wakeAgainMs)
        troubles.open(session, 'session-wake', errorMessage(error))
      }
    },
  }
}
