import type { OpenDatabase } from '@nanoclaw/schema/database'
import { channelState, messagingGroups } from '@nanoclaw/schema/drizzle'
import { and, asc, eq, sql } from 'drizzle-orm'
import { insertion } from '../central/insertion-order.ts'

const place = {
  channelType: sql.placeholder('channelType'),
  channelInstance: sql.placeholder('channelInstance'),
  platformId: sql.placeholder('platformId'),
}

/** The statements on chats. */
export function chatStatements(orm: OpenDatabase['orm']) {
  return {
    chatById: () =>
      orm
        .select()
        .from(messagingGroups)
        .where(eq(messagingGroups.id, sql.placeholder('id')))
        .prepare(),
    chatByPlace: () =>
      orm
        .select()
        .from(messagingGroups)
        .where(
          and(
            eq(messagingGroups.channelType, place.channelType),
            eq(messagingGroups.channelInstance, place.channelInstance),
            eq(messagingGroups.platformId, place.platformId),
          ),
        )
        .prepare(),
    allChats: () => orm.select().from(messagingGroups).orderBy(asc(insertion)).prepare(),
    deleteChat: () =>
      orm
        .update(messagingGroups)
        .set({ deletedAt: sql`${sql.placeholder('deletedAt')}` })
        .where(eq(messagingGroups.id, sql.placeholder('id')))
        .prepare(),
    reviveChat: () =>
      orm
        .update(messagingGroups)
        .set({ deletedAt: null })
        .where(eq(messagingGroups.id, sql.placeholder('id')))
        .prepare(),
    insertChat: () =>
      orm
        .insert(messagingGroups)
        .values({
          id: sql.placeholder('id'),
          ...place,
          name: sql.placeholder('name'),
          createdAt: sql.placeholder('createdAt'),
          unknownSenders: sql.placeholder('unknownSenders'),
          kind: sql.placeholder('kind'),
        })
        .prepare(),
    setChat: () =>
      orm
        .update(messagingGroups)
        .set({
          name: sql`${sql.placeholder('name')}`,
          unknownSenders: sql`${sql.placeholder('unknownSenders')}`,
          kind: sql`${sql.placeholder('kind')}`,
        })
        .where(eq(messagingGroups.id, sql.placeholder('id')))
        .prepare(),
  }
}

/** The statements on what channels keep. */
export function channelStateStatements(orm: OpenDatabase['orm']) {
  const { channelType, channelInstance, key, value } = channelState
  const named = and(
    eq(channelType, sql.placeholder('channelType')),
    eq(channelInstance, sql.placeholder('channelInstance')),
    eq(key, sql.placeholder('key')),
  )
  return {
    channelState: () => orm.select({ value }).from(channelState).where(named).prepare(),
    removeChannelState: () => orm.delete(channelState).where(named).prepare(),
    setChannelState: () =>
      orm
        .insert(channelState)
        .values({
          channelType: sql.placeholder('channelType'),
          channelInstance: sql.placeholder('channelInstance'),
          key: sql.placeholder('key'),
          value: sql.placeholder('value'),
        })
        .onConflictDoUpdate({
          target: [channelType, channelInstance, key],
          set: { value: sql`excluded.value` },
        })
        .prepare(),
  }
}
