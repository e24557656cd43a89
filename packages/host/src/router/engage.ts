import type { InboundEvent } from '@nanoclaw/adapters'
import type { Wiring } from '@nanoclaw/core'

/**
 * Whether an agent answers an event. What this release does not evaluate never engages: an agent
 * that stays silent is found, one that answers everything is a nuisance (I13, W4).
 */
export function engages(wiring: Wiring, event: InboundEvent): boolean {
  switch (wiring.engageMode) {
    case 'always':
      return true
    case 'mention':
      return event.addressed !== 'none'
    case 'mention-sticky':
    case 'pattern':
      return false
    default:
      return wiring.engageMode satisfies never
  }
}
