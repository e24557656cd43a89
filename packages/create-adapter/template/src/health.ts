import type { ChannelHealth } from '@nanoclaw/adapters'
import { ParrotError } from './parrot-api.ts'

/** What is known of the connection, and who is told when it changes. */
export interface HealthRecord {
  now(): ChannelHealth
  /** Parrot has answered, at this time. */
  connected(at: string): void
  /** Nothing can be sent, for this reason, which a person reads and acts on. */
  down(why: string, at: string): void
}

/** A record that begins as not started. `changed` is called when the state becomes another. */
export function createHealthRecord(changed: () => void): HealthRecord {
  const why = 'The adapter is not started.'
  let health: ChannelHealth = { state: 'down', since: new Date().toISOString(), why }

  function become(next: ChannelHealth): void {
    const isNew = next.state !== health.state || next.why !== health.why
    const since = next.state === health.state ? health.since : next.since
    health = { ...next, since }
    if (isNew) changed()
  }

  return {
    now: () => health,
    connected: (at) => become({ state: 'connected', since: at, lastProof: at }),
    down: (reason, at) => {
      const { lastProof } = health
      become({ state: 'down', since: at, why: reason, ...(lastProof && { lastProof }) })
    },
  }
}

/** What a person reads in the health after this failure. */
export function whyDown(error: unknown): string {
  if (error instanceof ParrotError) {
    if (error.status !== 401) return `${error.message} It is tried again.`
    return 'Parrot refuses the token. Make a new one there, and set it in the options.'
  }
  return `Nothing comes from Parrot (${reasonOf(error)}). It is tried again.`
}

/** `fetch failed` says nothing; its cause does. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  return error.cause instanceof Error ? reasonOf(error.cause) : error.message || error.name
}
