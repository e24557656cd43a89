import type { Core } from '@nanoclaw/core'

/** The incident that is a quarantine: as long as it is open, no container of the session starts. */
const kind = 'session-quarantined'

/** The sessions whose containers were caught; kept as open incidents. */
export interface Quarantine {
  readonly size: number
  has(sessionId: string): boolean
  /** Until the incident is kept, only this process knows. */
  add(sessionId: string): void
  /** Learns what earlier processes have found. */
  load(): Promise<void>
  /** False when the session was in none. */
  lift(sessionId: string): Promise<boolean>
}

/** An empty quarantine; `load` fills it. */
export function createQuarantine({ incidents }: Pick<Core, 'incidents'>): Quarantine {
  const sessions = new Set<string>()
  return {
    get size() {
      return sessions.size
    },
    has: (sessionId) => sessions.has(sessionId),
    add: (sessionId) => void sessions.add(sessionId),
    load: async () => {
      for (const incident of await incidents.list({ open: true })) {
        if (incident.kind === kind) sessions.add(incident.subject)
      }
    },
    lift: async (sessionId) => {
      const wasKept = await incidents.resolve(kind, sessionId)
      return sessions.delete(sessionId) || wasKept
    },
  }
}
