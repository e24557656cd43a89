import { NanoclawError, timestamp, type Place } from '@nanoclaw/schema'
import { messagingGroups } from '@nanoclaw/schema/drizzle'
import { present } from '../central/narrow.ts'
import type { WriteTools } from '../central/write-tools.ts'
import type { ChatStatements } from './chat-rows.ts'
import { namePlace } from './name-place.ts'
import type { Chat } from './types.ts'

/** What is written of chats. */
export function chatWrites({ orm, clock, ids }: WriteTools, statements: ChatStatements) {
  return {
    create(place: Place, name: string): Chat {
      if (statements.findPlace(place) !== undefined) {
        throw new NanoclawError('taken', `the chat ${namePlace(place)} is there already`)
      }
      const id = ids.next('mg')
      const createdAt = timestamp(clock)
      orm
        .insert(messagingGroups)
        .values({ id, ...place, name, createdAt })
        .run()
      return present(statements.find(id), 'the chat')
    },
  }
}
