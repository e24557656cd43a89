import { agentChannelType, NanoclawError, placeKey, type Place } from '@nanoclaw/schema'
import type { CentralStore } from '../central/central-store.ts'
import { displayText } from '../destinations/display-text.ts'
import type { ChatRows } from './chat-rows.ts'
import { namePlace } from './name-place.ts'
import type { CheckedChange } from './chat-writes.ts'
import type { ChatChange, Chats } from './types.ts'

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

/** The settings that are said. Throws `bad-option`. */
function checkChange({ name, unknownSenders, kind }: ChatChange): CheckedChange {
  return {
    ...(name === undefined ? {} : { name: displayText(name, 'a chat’s name') }),
    ...(unknownSenders === undefined ? {} : { unknownSenders }),
    ...(kind === undefined ? {} : { kind }),
  }
}

/** Chats in the central database. */
export function createChats(
  store: CentralStore,
  rows: ChatRows,
  notify: (agentGroupId: string) => void,
): Chats {
  return {
    async create({ channelType, channelInstance = '', platformId, ...settings }) {
      const place = { channelType, channelInstance, platformId }
      assertPlace(place)
      const name = displayText(settings.name, 'a chat’s name')
      const { unknownSenders, kind } = settings
      return store.write('chats', 'create', { place, name, unknownSenders, kind })
    },
    update: async (id, change) => store.write('chats', 'update', id, checkChange(change)),
    get: (id) => store.read(() => rows.find(id)),
    find: (place) => store.readCached(`place:${placeKey(place)}`, () => rows.findPlace(place)),
    wasDeleted: (place) => store.read(() => (rows.findAny(place)?.deletedAt ?? null) !== null),
    list: () => store.read(() => rows.all()),
    async delete(id, by = 'operator') {
      for (const agentGroupId of await store.write('chats', 'delete', id, by)) notify(agentGroupId)
    },
  }
}
