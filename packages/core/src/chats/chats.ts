import { agentChannelType, NanoclawError, placeKey, timestamp, type Place } from '@nanoclaw/schema'
import { messagingGroups } from '@nanoclaw/schema/drizzle'
import { and, asc, eq, sql } from 'drizzle-orm'
import { insertion } from '../central/insertion-order.ts'
import type { CentralStore } from '../central/central-store.ts'
import { present } from '../central/narrow.ts'
import { displayText } from '../destinations/display-text.ts'
import { namePlace } from './name-place.ts'
import type { Chat, Chats } from './types.ts'

/** The statements that other parts of the core share. */
export function chatStatements({ orm }: CentralStore) {
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

function assertPlace(place: Place): void {
  if (place.channelType === agentChannelType) {
    throw new NanoclawError(
      'bad-option',
      `expected a channel’s type, got ${agentChannelType}, which is the place of mail to agents; grant a destination instead`,
    )
  }
  if (place.channelType !== '' && place.platformId !== '') return
  throw new NanoclawError(
    'bad-option',
    `expected a chat’s channel type and platform id, got ${namePlace(place)}`,
  )
}

/** Chats in the central database. */
export function createChats(store: CentralStore, statements: ChatStatements): Chats {
  return {
    async create({ channelType, channelInstance = '', platformId, name }) {
      const place = { channelType, channelInstance, platformId }
      assertPlace(place)
      const shown = displayText(name, 'a chat’s name')
      return store.write('full', () => {
        if (statements.findPlace(place) !== undefined) {
          throw new NanoclawError('taken', `the chat ${namePlace(place)} is there already`)
        }
        const id = store.ids.next('mg')
        const createdAt = timestamp(store.clock)
        store.orm
          .insert(messagingGroups)
          .values({ id, ...place, name: shown, createdAt })
          .run()
        return present(statements.find(id), 'the chat')
      })
    },
    get: (id) => store.read(() => statements.find(id)),
    find: (place) =>
      store.readCached(`place:${placeKey(place)}`, () => statements.findPlace(place)),
    list: () =>
      store.read(() => store.orm.select().from(messagingGroups).orderBy(asc(insertion)).all()),
  }
}
