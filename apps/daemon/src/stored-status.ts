import { statSync } from 'node:fs'
import type { HomeLayout } from '@nanoclaw/schema'
import { openDatabase } from '@nanoclaw/schema/database'
import { agentGroups, incidents, messagingGroups } from '@nanoclaw/schema/drizzle'
import { asc, isNull, sql } from 'drizzle-orm'
import { explainSystemError } from './failure.ts'
import type { HomeReport } from './status-report.ts'

/** The step of the schema that keeps what the operator was told; a home is not changed by a look. */
const tellsSince = 1001
/** The step since which agents and chats leave tombstones. */
const tombstonesSince = 1002
const nothing = sql<string | null>`NULL`

/**
 * What the central database holds, read without changing it, for when no daemon can be asked.
 * Undefined where nothing has been started yet.
 * @throws NanoclawError `io`, `corrupt`, `newer-schema`.
 */
export function readStoredStatus(layout: HomeLayout): HomeReport | undefined {
  if (!exists(layout.centralDb)) return undefined
  const database = openDatabase({
    path: layout.centralDb,
    kind: 'central',
    access: 'read-only',
    timeoutMs: 500,
  })
  try {
    const { orm } = database
    const hasTombstones = tombstonesSince <= database.version
    return {
      agents: orm
        .select({
          id: agentGroups.id,
          name: agentGroups.name,
          provider: agentGroups.agentProvider,
        })
        .from(agentGroups)
        .where(hasTombstones ? isNull(agentGroups.deletedAt) : undefined)
        .orderBy(asc(agentGroups.createdAt))
        .all(),
      chats: orm
        .select({
          id: messagingGroups.id,
          name: messagingGroups.name,
          channelType: messagingGroups.channelType,
          channelInstance: messagingGroups.channelInstance,
          platformId: messagingGroups.platformId,
        })
        .from(messagingGroups)
        .where(hasTombstones ? isNull(messagingGroups.deletedAt) : undefined)
        .orderBy(asc(messagingGroups.createdAt))
        .all(),
      incidents: orm
        .select({
          id: incidents.id,
          kind: incidents.kind,
          subject: incidents.subject,
          message: incidents.message,
          occurrences: incidents.occurrences,
          openedAt: incidents.openedAt,
          toldAt: tellsSince <= database.version ? incidents.toldAt : nothing,
          toldThrough: tellsSince <= database.version ? incidents.toldThrough : nothing,
        })
        .from(incidents)
        .where(isNull(incidents.resolvedAt))
        .orderBy(asc(incidents.openedAt))
        .all(),
    }
  } finally {
    database.close()
  }
}

function exists(path: string): boolean {
  try {
    return statSync(path, { throwIfNoEntry: false }) !== undefined
  } catch (error) {
    throw explainSystemError(error)
  }
}
