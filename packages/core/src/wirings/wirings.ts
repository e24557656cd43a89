import type { CentralStore } from '../central/central-store.ts'
import type { Wirings } from './types.ts'
import type { WiringRows } from './wiring-rows.ts'

/** Wirings in the central database. */
export function createWirings(
  store: CentralStore,
  rows: WiringRows,
  notify: (agentGroupId: string) => void,
): Wirings {
  return {
    async create(newWiring) {
      const { wiring, destination, changed } = await store.write('wirings', 'create', newWiring)
      if (changed) notify(wiring.agentGroupId)
      return { wiring, destination }
    },
    forChat: (messagingGroupId) =>
      store.readCached(`wirings:${messagingGroupId}`, () => rows.forChat(messagingGroupId)),
    list: () => store.read(() => rows.all()),
  }
}
