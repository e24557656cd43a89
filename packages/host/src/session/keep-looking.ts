import type { Core } from '@nanoclaw/core'
import type { LoopBudget } from '../loop-budget.ts'
import type { HostSettings } from '../settings.ts'
import type { ActorRegistry } from './actor-registry.ts'

/** So often is done what can wait, in milliseconds. */
export const upkeepMs = 600_000

/** What is looked at, and what is done now and then. */
export interface KeepLookingDeps {
  readonly core: Pick<Core, 'agents' | 'destinations'>
  readonly registry: Pick<ActorRegistry, 'list' | 'restart'>
  readonly loop: LoopBudget
  /** How often actors look. */
  readonly settings: Pick<HostSettings, 'tickMs'>
  /** What can wait. */
  readonly upkeep: readonly (() => Promise<void>)[]
  onError(error: unknown): void
  /** A session that sleeps is due. */
  onDue(): void
}

/**
 * Lets actors look at what nobody tells them of, and hear of their address books, and does what can
 * wait every ten minutes. Returns its end.
 */
export function keepLooking(deps: KeepLookingDeps): () => void {
  const { core, loop, registry, settings, upkeep, onError } = deps
  let isTicking = false
  const tick = async (): Promise<void> => {
    if (isTicking) return
    isTicking = true
    for (const actor of registry.list()) {
      await loop.turn()
      actor.tick().catch(onError)
    }
    isTicking = false
  }
  const keepUp = (): void => {
    for (const work of upkeep) work().catch(onError)
  }
  const timers = [setInterval(() => void tick(), settings.tickMs), setInterval(keepUp, upkeepMs)]
  const changed = async (agentGroupId: string): Promise<void> => {
    const concerned = registry.list().filter((a) => a.session.agentGroupId === agentGroupId)
    if (concerned.length === 0) return
    const agent = await core.agents.get(agentGroupId)
    if (agent?.deletedAt === null) {
      for (const actor of concerned) actor.addressBookChanged().catch(onError)
      return
    }
    // It has been deleted: when they are opened anew, what waits for it ends.
    await Promise.all(concerned.map(({ session }) => registry.restart(session.id)))
    deps.onDue()
  }
  const forget = core.destinations.onChange((agentGroupId) => {
    changed(agentGroupId).catch(onError)
  })
  return () => {
    for (const timer of timers) clearInterval(timer)
    forget()
  }
}
