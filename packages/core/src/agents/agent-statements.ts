import type { OpenDatabase } from '@nanoclaw/schema/database'
import { agentGroups } from '@nanoclaw/schema/drizzle'
import { asc, eq, sql } from 'drizzle-orm'
import { insertion } from '../central/insertion-order.ts'

/** The statements on agents. */
export function agentStatements(orm: OpenDatabase['orm']) {
  const id = eq(agentGroups.id, sql.placeholder('id'))
  return {
    agentById: () => orm.select().from(agentGroups).where(id).prepare(),
    agentByFolder: () =>
      orm
        .select({ id: agentGroups.id })
        .from(agentGroups)
        .where(eq(agentGroups.folder, sql.placeholder('folder')))
        .prepare(),
    allAgents: () => orm.select().from(agentGroups).orderBy(asc(insertion)).prepare(),
    insertAgent: () =>
      orm
        .insert(agentGroups)
        .values({
          id: sql.placeholder('id'),
          name: sql.placeholder('name'),
          folder: sql.placeholder('folder'),
          agentProvider: sql.placeholder('agentProvider'),
          isAdmin: sql.placeholder('isAdmin'),
          createdAt: sql.placeholder('createdAt'),
        })
        .prepare(),
    deleteAgent: () =>
      orm
        .update(agentGroups)
        .set({ deletedAt: sql`${sql.placeholder('deletedAt')}` })
        .where(id)
        .prepare(),
    setAgent: () =>
      orm
        .update(agentGroups)
        .set({
          isAdmin: sql`${sql.placeholder('isAdmin')}`,
          unaddressedOutput: sql`${sql.placeholder('unaddressedOutput')}`,
          onInterrupted: sql`${sql.placeholder('onInterrupted')}`,
          retentionDays: sql`${sql.placeholder('retentionDays')}`,
          archive: sql`${sql.placeholder('archive')}`,
        })
        .where(id)
        .prepare(),
  }
}
