import { NanoclawError, timestamp } from '@nanoclaw/schema/plain'
import { audit } from '../audit/audit-writes.ts'
import { toDestination, type DestinationRow } from './destination-rows.ts'
import { freeName, type DestinationDeps } from './grant-destination.ts'
import { normalizeName } from './normalize-name.ts'
import type { Destination } from './types.ts'

/** The live row an agent calls by a name. Throws `not-found`, naming those there are. */
function requireLive(
  { rows }: DestinationDeps,
  agentGroupId: string,
  localName: string,
): DestinationRow {
  const live = rows.live(agentGroupId)
  const name = normalizeName(localName)
  const row = live.find((candidate) => candidate.localName === name)
  if (row !== undefined) return row
  const known = live.map((candidate) => candidate.localName).join(', ') || 'none'
  throw new NanoclawError(
    'not-found',
    `expected a destination of agent ${agentGroupId}, there is none called ${name}; it has: ${known}`,
  )
}

/** A revocation inside the caller's transaction: the row becomes a tombstone. */
export function revokeDestination(
  deps: DestinationDeps,
  agentGroupId: string,
  localName: string,
  by: string,
): void {
  const row = requireLive(deps, agentGroupId, localName)
  deps.rows.put({ ...row, revokedAt: timestamp(deps.tools.clock) })
  const { targetType, targetId } = row
  const details = { localName: row.localName, targetType, targetId }
  audit(deps.tools, { kind: 'destination-revoked', actor: by, subject: agentGroupId, details })
}

/** A change of name inside the caller's transaction; the old name stays as a tombstone. */
export function renameDestination(
  deps: DestinationDeps,
  agentGroupId: string,
  from: string,
  to: string,
  by: string,
): { readonly destination: Destination; readonly changed: boolean } {
  const row = requireLive(deps, agentGroupId, from)
  const wanted = normalizeName(to)
  const { target } = toDestination(row)
  if (wanted === row.localName) return { destination: toDestination(row), changed: false }
  const others = deps.rows
    .all(agentGroupId)
    .filter((candidate) => candidate.localName !== row.localName)
  const { name } = freeName(others, target, wanted)
  if (name !== wanted) {
    throw new NanoclawError(
      'taken',
      `agent ${agentGroupId} has or had another destination called ${wanted}, or one that looks like it; choose another name, such as ${name}`,
    )
  }
  deps.rows.put({ ...row, revokedAt: timestamp(deps.tools.clock) })
  const renamed = { ...row, localName: name }
  deps.rows.put(renamed)
  const details = { from: row.localName, to: name }
  audit(deps.tools, { kind: 'destination-renamed', actor: by, subject: agentGroupId, details })
  return { destination: toDestination(renamed), changed: true }
}
