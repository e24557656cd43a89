import { NanoclawError, type Place } from '@nanoclaw/schema'
import { messagingGroups } from '@nanoclaw/schema/drizzle'
import { and, eq, sql } from 'drizzle-orm'
import type { CentralOrm } from '../central/write-tools.ts'
import type { Chat } from './types.ts'

/** The statements that other parts of the core share. */
export function chatStatements({ orm }: CentralOrm) {
  const byId = orm
    .select()
    .from(messagingGroups)
    .where(eq(messagingGroups.id, sql.placeholder('id')))
    .prepare()
  const byPlace = orm
    .select()
    .from(messagingGroups)
    .where(
      and(
        eq(messagingGroups.channelType, sql.placeholder('channelType')),
        eq(messagingGroups.channelInstance, sql.placeholder('channelInstance')),
        eq(messagingGroups.platformId, sql.placeholder('platformId')),
      ),
    )
    .prepare()
  return {
    find: (id: string): Chat | undefined => byId.get({ id }),
    findPlace: ({ channelType, channelInstance, platformId }: Place): Chat | undefined =>
      byPlace.get({ channelType, channelInstance, platformId }),
    /** Throws `not-found`. */
    require(id: string): Chat {
      const chat: Chat | undefined = byId.get({ id })
      if (chat !== undefined) return chat
      throw new NanoclawError('not-found', `expected the id of a chat, there is none with ${id}`)
    },
  }
}

/** What {@link chatStatements} gives. */
export type ChatStatements = ReturnType<typeof chatStatements>
