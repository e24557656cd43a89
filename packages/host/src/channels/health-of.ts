import type { ChannelAdapter, ChannelHealth } from '@nanoclaw/adapters'
import { errorMessage, timestamp, type Clock } from '@nanoclaw/schema'

/** Adapters are other people's programs. */
function isHealth(health: unknown): health is ChannelHealth {
  if (typeof health !== 'object' || health === null || !('state' in health)) return false
  return ['connected', 'degraded', 'down'].includes(String(health.state))
}

/** How a channel stands, as its adapter says; one that cannot say so is down. */
export function healthOf(adapter: ChannelAdapter, clock: Clock): ChannelHealth {
  try {
    const health: unknown = adapter.health()
    if (isHealth(health)) return health
    const why = 'its adapter does not say how it stands'
    return { state: 'down', since: timestamp(clock), why }
  } catch (error) {
    const why = `its adapter cannot say how it stands: ${errorMessage(error)}`
    return { state: 'down', since: timestamp(clock), why }
  }
}
