import { NanoclawError, timestamp, type Place } from '@nanoclaw/schema/plain'
import { present } from '../central/narrow.ts'
import type { WriteTools } from '../central/write-tools.ts'
import type { ChatRows } from './chat-rows.ts'
import { namePlace } from './name-place.ts'
import type { Chat } from './types.ts'

/** What is written of chats. */
export function chatWrites({ sql, clock, ids }: WriteTools, rows: ChatRows) {
  return {
    create(place: Place, name: string): Chat {
      if (rows.findPlace(place) !== undefined) {
        throw new NanoclawError('taken', `the chat ${namePlace(place)} is there already`)
      }
      const id = ids.next('mg')
      const createdAt = timestamp(clock)
      sql.insertChat().run({ id, ...place, name, createdAt })
      return present(rows.find(id), 'the chat')
    },
  }
}
