import { timestamp } from '@nanoclaw/schema/plain'
import type { AgentRows } from '../agents/agent-rows.ts'
import { audit } from '../audit/audit-writes.ts'
import type { WriteTools } from '../central/write-tools.ts'
import type { ChatRows } from '../chats/chat-rows.ts'
import { isAbout, targetColumns, toDestination } from './destination-rows.ts'
import type { DestinationRow, DestinationRows } from './destination-rows.ts'
import { displayText } from './display-text.ts'
import { nameLook, normalizeName, numberedName } from './normalize-name.ts'
import type { Destination, DestinationTarget, NewGrant } from './types.ts'

/** Where destinations are looked up. */
export interface DestinationLookUps {
  readonly agents: AgentRows
  readonly chats: ChatRows
  readonly rows: DestinationRows
}

/** What the operations on destinations share. */
export interface DestinationDeps extends DestinationLookUps {
  readonly tools: WriteTools
}

/** A name for a target, and the tombstone that keeps it for the same target, if one does. */
export interface FreeName {
  readonly name: string
  readonly tombstone: DestinationRow | undefined
}

/**
 * The first of `wanted`, `wanted-2`, `wanted-3` … that nothing of another target is called, was
 * called or looks like, and that no live row has.
 */
export function freeName(
  rows: readonly DestinationRow[],
  target: DestinationTarget,
  wanted: string,
): FreeName {
  const looks = rows.map((row) => ({ row, look: nameLook(row.localName) }))
  for (let number = 1; ; number += 1) {
    const name = numberedName(wanted, number)
    const look = nameLook(name)
    const alike = looks.filter((known) => known.look === look).map(({ row }) => row)
    if (alike.every((row) => row.revokedAt !== null && isAbout(row, target))) {
      return { name, tombstone: alike.find((row) => row.localName === name) }
    }
  }
}

function lastRevoked(
  rows: readonly DestinationRow[],
  target: DestinationTarget,
): DestinationRow | undefined {
  return rows
    .filter((row) => row.revokedAt !== null && isAbout(row, target))
    .toSorted((a, b) => String(b.revokedAt).localeCompare(String(a.revokedAt)))[0]
}

function chooseName(
  rows: readonly DestinationRow[],
  grant: NewGrant,
  targetName: string,
): FreeName {
  const before = lastRevoked(rows, grant.target)
  if (grant.localName === undefined && before !== undefined) {
    return { name: before.localName, tombstone: before }
  }
  return freeName(rows, grant.target, normalizeName(grant.localName ?? targetName))
}

function auditGrant({ tools }: DestinationDeps, row: DestinationRow, by: string): void {
  const { agentGroupId, localName, targetType, targetId, when } = row
  const details = { localName, targetType, targetId, when }
  audit(tools, { kind: 'destination-granted', actor: by, subject: agentGroupId, details })
}

/** A grant inside the caller's transaction. `by`: whose word it is. */
export function grantDestination(
  deps: DestinationDeps,
  grant: NewGrant,
  by = 'operator',
): { readonly destination: Destination; readonly changed: boolean } {
  const { tools, agents, chats, rows } = deps
  const { agentGroupId, target } = grant
  agents.require(agentGroupId)
  const targetName =
    target.type === 'channel'
      ? chats.require(target.messagingGroupId).name
      : agents.require(target.agentGroupId).name
  const given =
    grant.displayName === undefined ? undefined : displayText(grant.displayName, 'a display name')

  const live = rows.liveByTarget(agentGroupId, target)
  if (live !== undefined) {
    const row = { ...live, displayName: given ?? live.displayName, when: grant.when ?? live.when }
    const changed = row.displayName !== live.displayName || row.when !== live.when
    if (changed) {
      rows.put(row)
      auditGrant(deps, row, by)
    }
    return { destination: toDestination(row), changed }
  }

  const { name } = chooseName(rows.all(agentGroupId), grant, targetName)
  const row: DestinationRow = {
    agentGroupId,
    localName: name,
    displayName: given ?? targetName,
    ...targetColumns(target),
    when: grant.when ?? 'members',
    createdAt: timestamp(tools.clock),
    revokedAt: null,
  }
  rows.put(row)
  auditGrant(deps, row, by)
  return { destination: toDestination(row), changed: true }
}
