import {
  channelState,
  heard,
  incidentEvents,
  incidents,
  messagingGroups,
  receipts,
} from '@nanoclaw/schema/drizzle'
import { and, eq, inArray, ne, sql } from 'drizzle-orm'
import { userId } from '@nanoclaw/schema'
import { openDatabase, type OpenDatabase } from '@nanoclaw/schema/database'
import { overwriteRemoved } from './scrub-mailbox.ts'
import type { ForgetReport, Person } from './types.ts'

/** What was removed of a person in sessions: plain data. */
export interface ForgottenInSessions {
  readonly person: Person
  readonly sessionIds: readonly string[]
  readonly deliveryIds: readonly string[]
  /** JSON of [channel type, instance, platform id]: places where only they have spoken. */
  readonly places: readonly string[]
}

const removedWords = '(these words were removed: nanoclaw forget)'

const list = (values: readonly string[]) =>
  sql`(SELECT value FROM json_each(${JSON.stringify(values)}))`

function conditions({ person, sessionIds, deliveryIds, places }: ForgottenInSessions) {
  const { channelType, handle } = person
  const channel = userId({ channelType, channelInstance: '', handle: '' }).slice(0, -1)
  const { channelInstance, platformId } = messagingGroups
  const place = sql`json_array(${messagingGroups.channelType}, ${channelInstance}, ${platformId})`
  return {
    receipts: inArray(receipts.messageOutId, list(deliveryIds)),
    // An adapter names its keys as it likes: one of which the handle is a part between colons.
    channelState: and(
      eq(channelState.channelType, channelType),
      sql`instr(':' || ${channelState.key} || ':', ${`:${handle}:`}) > 0`,
    ),
    // `<channel>:<handle>`, with `/<instance>` after the channel for one of several bots.
    heard: and(
      inArray(heard.sessionId, list(sessionIds)),
      sql`substr(${heard.userId}, instr(${heard.userId}, ':') + 1) = ${handle}`,
      sql`substr(${heard.userId}, 1, ${channel.length + 1}) IN (${`${channel}:`}, ${`${channel}/`})`,
    ),
    incidents: and(
      inArray(incidents.sessionId, list(sessionIds)),
      ne(incidents.message, removedWords),
    ),
    chats: and(
      eq(messagingGroups.channelType, channelType),
      sql`(${platformId} = ${handle} OR ${place} IN ${list(places)})`,
      ne(messagingGroups.name, platformId),
    ),
  }
}

/** The central database, from which what is known of a person is to be removed. */
export interface ScrubbedCentral {
  count(forgotten: ForgottenInSessions): ForgetReport['central']
  /** One transaction. */
  remove(forgotten: ForgottenInSessions): ForgetReport['central']
  /** Leaves nothing of it in the file and its log. */
  overwrite(): void
  close(): void
}

function counts(
  { orm }: OpenDatabase,
  where: ReturnType<typeof conditions>,
): ForgetReport['central'] {
  const n = { n: sql<number>`count(*)` }
  return {
    receipts: orm.select(n).from(receipts).where(where.receipts).get()?.n ?? 0,
    channelState: orm.select(n).from(channelState).where(where.channelState).get()?.n ?? 0,
    incidents: orm.select(n).from(incidents).where(where.incidents).get()?.n ?? 0,
    chatNames: orm.select(n).from(messagingGroups).where(where.chats).get()?.n ?? 0,
  }
}

function removeAll(
  { orm }: OpenDatabase,
  where: ReturnType<typeof conditions>,
  sessionIds: readonly string[],
): void {
  const ofSessions = orm
    .select({ id: incidents.id })
    .from(incidents)
    .where(inArray(incidents.sessionId, list(sessionIds)))
  orm
    .update(incidentEvents)
    .set({ message: removedWords })
    .where(inArray(incidentEvents.incidentId, ofSessions))
    .run()
  orm.update(incidents).set({ message: removedWords }).where(where.incidents).run()
  orm.delete(receipts).where(where.receipts).run()
  orm.delete(heard).where(where.heard).run()
  orm.delete(channelState).where(where.channelState).run()
  orm
    .update(messagingGroups)
    .set({ name: sql`${messagingGroups.platformId}` })
    .where(where.chats)
    .run()
}

/** Opens it beside the connections that there are. Throws what `isBusy` recognises. */
export function scrubCentral(path: string): ScrubbedCentral {
  const database = openDatabase({ path, kind: 'central', journal: 'wal', timeoutMs: 50 })
  // Not into a file of the system's temporary folder.
  database.sqlite.pragma('temp_store = MEMORY')
  database.sqlite.pragma('secure_delete = ON')
  return {
    count: (forgotten) => counts(database, conditions(forgotten)),
    remove: (forgotten) =>
      database.transact('immediate', () => {
        const where = conditions(forgotten)
        const found = counts(database, where)
        removeAll(database, where, forgotten.sessionIds)
        return found
      }),
    overwrite: () => overwriteRemoved(database, path),
    close: () => database.close(),
  }
}
