import type { messagingGroups } from '@nanoclaw/schema/drizzle'
import { NanoclawError, type Place } from '@nanoclaw/schema/plain'
import { oneOf } from '../central/narrow.ts'
import type { CentralSql } from '../central/write-tools.ts'
import type { Chat } from './types.ts'

/** A row as callers see it. */
function toChat(row: typeof messagingGroups.$inferSelect): Chat {
  const { unknownSenders, kind } = row
  return {
    id: row.id,
    channelType: row.channelType,
    channelInstance: row.channelInstance,
    platformId: row.platformId,
    name: row.name,
    createdAt: row.createdAt,
    deletedAt: row.deletedAt,
    unknownSenders: oneOf(
      ['strict', 'request_approval', 'public'],
      unknownSenders,
      'messaging_groups.unknown_senders',
    ),
    kind:
      kind === null ? null : oneOf(['direct', 'group', 'channel'], kind, 'messaging_groups.kind'),
  }
}

/** What other parts of the core look up of chats. */
export function chatRows({ sql }: CentralSql) {
  const find = (id: string): Chat | undefined => {
    const row = sql.chatById().get({ id })
    return row && toChat(row)
  }
  const findAny = ({ channelType, channelInstance, platformId }: Place): Chat | undefined => {
    const row = sql.chatByPlace().get({ channelType, channelInstance, platformId })
    return row && toChat(row)
  }
  return {
    /** Those that have not been deleted. */
    all: (): Chat[] =>
      sql
        .allChats()
        .all()
        .map(toChat)
        .filter(({ deletedAt }) => deletedAt === null),
    find,
    findAny,
    /** One that has not been deleted. */
    findPlace(place: Place): Chat | undefined {
      const chat = findAny(place)
      return chat?.deletedAt === null ? chat : undefined
    },
    /** One that has not been deleted. Throws `not-found`. */
    require(id: string): Chat {
      const chat = find(id)
      if (chat?.deletedAt === null) return chat
      throw new NanoclawError(
        'not-found',
        `expected the id of a chat, there is none with ${id}, or it has been deleted`,
      )
    },
  }
}

/** What {@link chatRows} gives. */
export type ChatRows = ReturnType<typeof chatRows>
