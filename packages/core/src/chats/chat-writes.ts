import { NanoclawError, timestamp, type Place } from '@nanoclaw/schema/plain'
import { audit } from '../audit/audit-writes.ts'
import { present } from '../central/narrow.ts'
import type { WriteTools } from '../central/write-tools.ts'
import type { ChatRows } from './chat-rows.ts'
import { namePlace } from './name-place.ts'
import type { Chat, ChatChange } from './types.ts'

/** Settings of a chat that have been checked, those that are said. */
export type CheckedChange = Partial<Pick<Chat, 'name' | 'unknownSenders' | 'kind'>>

/** A chat that has been checked. */
export interface CheckedChat extends Pick<ChatChange, 'unknownSenders' | 'kind'> {
  readonly place: Place
  readonly name: string
}

/** What is written of chats. */
export function chatWrites({ sql, clock, ids }: WriteTools, rows: ChatRows) {
  return {
    create({ place, name, unknownSenders = 'strict', kind }: CheckedChat): Chat {
      if (rows.findPlace(place) !== undefined) {
        throw new NanoclawError('taken', `the chat ${namePlace(place)} is there already`)
      }
      const id = ids.next('mg')
      const createdAt = timestamp(clock)
      sql.insertChat().run({ id, ...place, name, createdAt, unknownSenders, kind: kind ?? null })
      return present(rows.find(id), 'the chat')
    },
    update(id: string, change: CheckedChange): Chat {
      const { name, unknownSenders, kind } = rows.require(id)
      sql.setChat().run({ id, name, unknownSenders, kind, ...change })
      const isMore = change.unknownSenders !== undefined && change.unknownSenders !== unknownSenders
      if (isMore || (change.name !== undefined && change.name !== name)) {
        const details = { from: { name, unknownSenders }, to: change }
        audit({ sql, clock }, { kind: 'chat-changed', actor: 'operator', subject: id, details })
      }
      return present(rows.find(id), 'the chat')
    },
  }
}
