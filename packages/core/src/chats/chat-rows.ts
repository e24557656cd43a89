import { NanoclawError, type Place } from '@nanoclaw/schema/plain'
import type { CentralSql } from '../central/write-tools.ts'
import type { Chat } from './types.ts'

/** What other parts of the core look up of chats. */
export function chatRows({ sql }: CentralSql) {
  return {
    all: (): Chat[] => sql.allChats().all(),
    find: (id: string): Chat | undefined => sql.chatById().get({ id }),
    findPlace: ({ channelType, channelInstance, platformId }: Place): Chat | undefined =>
      sql.chatByPlace().get({ channelType, channelInstance, platformId }),
    /** Throws `not-found`. */
    require(id: string): Chat {
      const chat: Chat | undefined = sql.chatById().get({ id })
      if (chat !== undefined) return chat
      throw new NanoclawError('not-found', `expected the id of a chat, there is none with ${id}`)
    },
  }
}

/** What {@link chatRows} gives. */
export type ChatRows = ReturnType<typeof chatRows>
