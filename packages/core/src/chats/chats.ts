import { agentChannelType, NanoclawError, placeKey, type Place } from '@nanoclaw/schema'
import type { CentralStore } from '../central/central-store.ts'
import { displayText } from '../destinations/display-text.ts'
import type { ChatRows } from './chat-rows.ts'
import { namePlace } from './name-place.ts'
import type { Chats } from './types.ts'

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
export function createChats(store: CentralStore, rows: ChatRows): Chats {
  return {
    async create({ channelType, channelInstance = '', platformId, name }) {
      const place = { channelType, channelInstance, platformId }
      assertPlace(place)
      return store.write('chats', 'create', place, displayText(name, 'a chat’s name'))
    },
    get: (id) => store.read(() => rows.find(id)),
    find: (place) => store.readCached(`place:${placeKey(place)}`, () => rows.findPlace(place)),
    list: () => store.read(() => rows.all()),
  }
}
