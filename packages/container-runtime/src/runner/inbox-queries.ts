import { hostStateKeys } from '@nanoclaw/schema'
import type { OpenDatabase } from '@nanoclaw/schema/database'
import { destinations, hostState, messagesIn, sessionRouting } from '@nanoclaw/schema/drizzle'
import { asc, eq, inArray, sql } from 'drizzle-orm'

const lightColumns = {
  id: messagesIn.id,
  seq: messagesIn.seq,
  kind: messagesIn.kind,
  tries: messagesIn.tries,
  trigger: messagesIn.trigger,
  onWake: messagesIn.onWake,
  channelType: messagesIn.channelType,
  channelInstance: messagesIn.channelInstance,
  platformId: messagesIn.platformId,
  threadId: messagesIn.threadId,
}

/** Every query of the inbox; none writes. */
export function inboxQueries(orm: OpenDatabase['orm']) {
  const { outboundCursor, pruneThroughSeq, unaddressedOutput, onInterrupted } = hostStateKeys
  return {
    pending: () =>
      orm
        .select({ ...lightColumns, processAfter: messagesIn.processAfter })
        .from(messagesIn)
        // A literal, not a parameter: only so can SQLite use the partial index.
        .where(sql`${messagesIn.status} = 'pending'`)
        .orderBy(asc(messagesIn.seq)),
    row: () =>
      orm
        .select({ ...lightColumns, timestamp: messagesIn.timestamp, content: messagesIn.content })
        .from(messagesIn)
        .where(eq(messagesIn.id, sql.placeholder('id'))),
    seqOf: () =>
      orm
        .select({ seq: messagesIn.seq })
        .from(messagesIn)
        .where(eq(messagesIn.id, sql.placeholder('id'))),
    result: () =>
      orm
        .select({ id: messagesIn.id, content: messagesIn.content })
        .from(messagesIn)
        .where(eq(messagesIn.dedupeKey, sql.placeholder('key'))),
    idOf: () =>
      orm
        .select({ id: messagesIn.id })
        .from(messagesIn)
        .where(eq(messagesIn.seq, sql.placeholder('seq'))),
    // By the index's end; Drizzle's `limit ?` would be prepared anew at every run.
    largest: () => orm.select({ seq: sql<number | null>`max(${messagesIn.seq})` }).from(messagesIn),
    book: () => orm.select().from(destinations).orderBy(asc(destinations.name)),
    routing: () => orm.select().from(sessionRouting),
    settings: () =>
      orm
        .select()
        .from(hostState)
        .where(
          inArray(hostState.key, [
            outboundCursor,
            pruneThroughSeq,
            unaddressedOutput,
            onInterrupted,
          ]),
        ),
  }
}

/** The same, as types. */
export type InboxQueries = ReturnType<typeof inboxQueries>
