import type { ChannelAdapter, ChannelHealth } from '@nanoclaw/adapters'
import { errorMessage, timestamp, type Clock } from '@nanoclaw/schema'

/** How a channel stands, as its adapter says; one that cannot say so is down. */
export function healthOf(adapter: ChannelAdapter, clock: Clock): ChannelHealth {
  try {
    return adapter.health()
  } catch (error) {
    const why = `its adapter cannot say how it stands: ${errorMessage(error)}`
    return { state: 'down', since: timestamp(clock), why }
  }
}
