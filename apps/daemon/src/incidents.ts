import type { Core } from '@nanoclaw/core'

/** Kind of the incident that keeps a session in quarantine; its subject is the session. */
const quarantine = 'session-quarantined'

/**
 * Resolves an open incident; false when none has that id. What is more than a note to the operator
 * is undone with it: `release` lifts the quarantine of a session.
 */
export async function resolveIncident(
  core: Core,
  id: string,
  release: (sessionId: string) => Promise<unknown>,
): Promise<boolean> {
  const open = await core.incidents.list({ open: true })
  const incident = open.find((one) => one.id === id)
  if (incident === undefined) return false
  const { kind, subject } = incident
  if (kind === quarantine) await release(subject)
  // No more than a second look where that has resolved it.
  await core.incidents.resolve(kind, subject)
  return true
}
