import type { agentDestinations } from '@nanoclaw/schema/drizzle'
import { oneOf } from '../central/narrow.ts'
import type { CentralSql } from '../central/write-tools.ts'
import type { Destination, DestinationTarget } from './types.ts'

/** A row of `agent_destinations`, live or a tombstone. */
export type DestinationRow = typeof agentDestinations.$inferSelect

/** The target's two columns. */
export function targetColumns(target: DestinationTarget): { targetType: string; targetId: string } {
  return target.type === 'channel'
    ? { targetType: 'channel', targetId: target.messagingGroupId }
    : { targetType: 'agent', targetId: target.agentGroupId }
}

/** Whether a row, live or revoked, is about a target. */
export function isAbout(row: DestinationRow, target: DestinationTarget): boolean {
  const { targetType, targetId } = targetColumns(target)
  return row.targetType === targetType && row.targetId === targetId
}

/** A row as callers see it. */
export function toDestination(row: DestinationRow): Destination {
  const type = oneOf(['channel', 'agent'], row.targetType, 'agent_destinations.target_type')
  return {
    agentGroupId: row.agentGroupId,
    localName: row.localName,
    displayName: row.displayName,
    target:
      type === 'channel'
        ? { type, messagingGroupId: row.targetId }
        : { type, agentGroupId: row.targetId },
    when: oneOf(['members', 'anyone'], row.when, 'agent_destinations.when'),
    createdAt: row.createdAt,
  }
}

/** What is looked up and written of `agent_destinations`. */
export function destinationRows({ sql }: CentralSql) {
  return {
    /** Tombstones included, by name. */
    all: (agentGroupId: string): DestinationRow[] =>
      sql.destinationsOfAgent().all({ agentGroupId }),
    live: (agentGroupId: string): DestinationRow[] => sql.liveDestinations().all({ agentGroupId }),
    liveByTarget: (agentGroupId: string, target: DestinationTarget): DestinationRow | undefined =>
      sql.destinationByTarget().get({ agentGroupId, ...targetColumns(target) }),
    /** The agents that had it. */
    revokeByTarget: (target: DestinationTarget, revokedAt: string): string[] =>
      sql
        .revokeByTarget()
        .all({ ...targetColumns(target), revokedAt })
        .map(({ agentGroupId }) => agentGroupId),
    revokeAll: (agentGroupId: string, revokedAt: string): void =>
      void sql.revokeAll().run({ agentGroupId, revokedAt }),
    /** In the place of the one of its name, if there is one. */
    put: (row: DestinationRow): void => void sql.putDestination().run({ ...row }),
  }
}

/** What {@link destinationRows} gives. */
export type DestinationRows = ReturnType<typeof destinationRows>
