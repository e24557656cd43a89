import type { ChannelHealth, Clock } from '@nanoclaw/adapters'
import { PigeonRefusal } from './pigeon-api.ts'

/** How the connection stands. */
export interface Health {
  now(): ChannelHealth
  /** Updates were answered. */
  connected(): void
  /** Nothing comes; `why` is for the operator. */
  down(why: string): void
}

/** Down at first. `onChange` is called when the state or its reason becomes another. */
export function createHealth(clock: Clock, onChange: () => void): Health {
  let health: ChannelHealth = {
    state: 'down',
    since: clock.now(),
    why: 'It has not connected yet.',
  }
  function become(next: ChannelHealth): void {
    const before = health
    health = next.state === before.state ? { ...next, since: before.since } : next
    if (next.state !== before.state || next.why !== before.why) onChange()
  }
  return {
    now: () => health,
    connected() {
      const since = clock.now()
      become({ state: 'connected', since, lastProof: since })
    },
    down(why) {
      const { lastProof } = health
      become({ state: 'down', since: clock.now(), why, ...(lastProof && { lastProof }) })
    },
  }
}

/** What the operator reads, and does something about. */
export function whyDown(error: unknown): string {
  if (error instanceof PigeonRefusal && error.status === 401) {
    return 'Pigeon refuses the token. Make a new one there, and set it in the options.'
  }
  const reason = error instanceof Error && error.cause instanceof Error ? error.cause : error
  return `Nothing comes from Pigeon (${String(reason)}). It is tried again.`
}
