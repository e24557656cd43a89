import type { Core } from '@nanoclaw/core'
import type { HostSettings } from '../settings.ts'
import type { ActorRegistry } from './actor-registry.ts'

/** So often is done what can wait, in milliseconds. */
export const upkeepMs = 600_000

/** What is looked at, and what is done now and then. */
export interface KeepLookingDeps {
  readonly core: Pick<Core, 'destinations'>
  readonly registry: Pick<ActorRegistry, 'list'>
  /** How often actors look. */
  readonly settings: Pick<HostSettings, 'tickMs'>
  /** What can wait. */
  readonly upkeep: readonly (() => Promise<void>)[]
  onError(error: unknown): void
}

/**
 * Lets actors look at what nobody tells them of, and hear of their address books, and does what can
 * wait every ten minutes. Returns its end.
 */
export function keepLooking(deps: KeepLookingDeps): () => void {
  const { core, registry, settings, upkeep, onError } = deps
  const tick = (): void => {
    for (const actor of registry.list()) actor.tick().catch(onError)
  }
  const keepUp = (): void => {
    for (const work of upkeep) work().catch(onError)
  }
  const timers = [setInterval(tick, settings.tickMs), setInterval(keepUp, upkeepMs)]
  const forget = core.destinations.onChange((agentGroupId) => {
    const concerned = registry.list().filter((a) => a.session.agentGroupId === agentGroupId)
    for (const actor of concerned) actor.addressBookChanged().catch(onError)
  })
  return () => {
    for (const timer of timers) clearInterval(timer)
    forget()
  }
}
