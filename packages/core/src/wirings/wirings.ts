import { messagingGroupAgents } from '@nanoclaw/schema/drizzle'
import { asc } from 'drizzle-orm'
import type { CentralStore } from '../central/central-store.ts'
import { insertion } from '../central/insertion-order.ts'
import type { Wirings } from './types.ts'
import { toWiring, type WiringStatements } from './wiring-rows.ts'

/** Wirings in the central database. */
export function createWirings(
  store: CentralStore,
  statements: WiringStatements,
  notify: (agentGroupId: string) => void,
): Wirings {
  return {
    async create(newWiring) {
      const { wiring, destination, changed } = await store.write('wirings', 'create', newWiring)
      if (changed) notify(wiring.agentGroupId)
      return { wiring, destination }
    },
    forChat: (messagingGroupId) =>
      store.readCached(`wirings:${messagingGroupId}`, () => statements.forChat(messagingGroupId)),
    list: () =>
      store.read(() =>
        store.orm.select().from(messagingGroupAgents).orderBy(asc(insertion)).all().map(toWiring),
      ),
  }
}
