import { agentDestinations } from '@nanoclaw/schema/drizzle'
import { and, asc, eq, isNull, sql } from 'drizzle-orm'
import { oneOf } from '../central/narrow.ts'
import type { CentralOrm } from '../central/write-tools.ts'
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

/** The statements on `agent_destinations`. */
export function destinationStatements({ orm }: CentralOrm) {
  const ofAgent = eq(agentDestinations.agentGroupId, sql.placeholder('agentGroupId'))
  const all = orm
    .select()
    .from(agentDestinations)
    .where(ofAgent)
    .orderBy(asc(agentDestinations.localName))
    .prepare()
  const live = orm
    .select()
    .from(agentDestinations)
    .where(and(ofAgent, isNull(agentDestinations.revokedAt)))
    .orderBy(asc(agentDestinations.localName))
    .prepare()
  const liveByTarget = orm
    .select()
    .from(agentDestinations)
    .where(
      and(
        ofAgent,
        eq(agentDestinations.targetType, sql.placeholder('targetType')),
        eq(agentDestinations.targetId, sql.placeholder('targetId')),
        isNull(agentDestinations.revokedAt),
      ),
    )
    .prepare()
  return {
    /** Tombstones included, by name. */
    all: (agentGroupId: string): DestinationRow[] => all.all({ agentGroupId }),
    live: (agentGroupId: string): DestinationRow[] => live.all({ agentGroupId }),
    liveByTarget: (agentGroupId: string, target: DestinationTarget): DestinationRow | undefined =>
      liveByTarget.get({ agentGroupId, ...targetColumns(target) }),
    insert: (row: DestinationRow): void => void orm.insert(agentDestinations).values(row).run(),
    update: (row: DestinationRow): void =>
      void orm
        .update(agentDestinations)
        .set(row)
        .where(
          and(
            eq(agentDestinations.agentGroupId, row.agentGroupId),
            eq(agentDestinations.localName, row.localName),
          ),
        )
        .run(),
  }
}

/** What {@link destinationStatements} gives. */
export type DestinationStatements = ReturnType<typeof destinationStatements>
