import { NanoclawError, timestamp, type Place } from '@nanoclaw/schema/plain'
import { audit } from '../audit/audit-writes.ts'
import { present } from '../central/narrow.ts'
import type { WriteTools } from '../central/write-tools.ts'
import type { DestinationRows } from '../destinations/destination-rows.ts'
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
export function chatWrites(tools: WriteTools, rows: ChatRows, destinations: DestinationRows) {
  const { sql, clock, ids } = tools
  return {
    create({ place, name, unknownSenders = 'strict', kind }: CheckedChat): Chat {
      const found = rows.findAny(place)
      if (found?.deletedAt === null) {
        throw new NanoclawError('taken', `the chat ${namePlace(place)} is there already`)
      }
      if (found !== undefined) {
        sql.reviveChat().run({ id: found.id })
        sql.setChat().run({ id: found.id, name, unknownSenders, kind: kind ?? found.kind })
        return present(rows.find(found.id), 'the chat')
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
    /** Gives the agents that could write there. */
    delete(id: string, by: string): readonly string[] {
      const { name, channelType, channelInstance, platformId } = rows.require(id)
      const place = { channelType, channelInstance, platformId }
      const deletedAt = timestamp(clock)
      sql.deleteChat().run({ id, deletedAt })
      sql.removeWiringsOfChat().run({ messagingGroupId: id })
      const told = destinations.revokeByTarget({ type: 'channel', messagingGroupId: id }, deletedAt)
      const details = { name, place: namePlace(place) }
      audit(tools, { kind: 'chat-deleted', actor: by, subject: id, details })
      return told
    },
  }
}
