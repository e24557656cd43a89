import type { CentralStore } from '../central/central-store.ts'
import { compilePattern } from './engage-pattern.ts'
import type { Wirings } from './types.ts'
import type { WiringRows } from './wiring-rows.ts'

/** Throws `bad-option` for what is no pattern. */
async function checkPattern(pattern: string | undefined): Promise<void> {
  if (pattern !== undefined) await compilePattern(pattern)
}

/** Wirings in the central database. */
export function createWirings(
  store: CentralStore,
  rows: WiringRows,
  notify: (agentGroupId: string) => void,
): Wirings {
  return {
    async create(newWiring, by = 'operator') {
      await checkPattern(newWiring.engagePattern)
      const created = await store.write('wirings', 'create', newWiring, by)
      const { wiring, destination, changed } = created
      if (changed) notify(wiring.agentGroupId)
      return { wiring, destination }
    },
    async update(id, { engageMode, engagePattern, ignored, priority, sessionMode }) {
      await checkPattern(engagePattern)
      const change = { engageMode, engagePattern, ignored, priority, sessionMode }
      return store.write('wirings', 'update', id, change)
    },
    engage: (wiringId, threadId) => store.write('wirings', 'engage', wiringId, threadId ?? ''),
    isEngaged: (wiringId, threadId) =>
      store.readCached(`engaged:${JSON.stringify([wiringId, threadId])}`, () =>
        rows.isEngaged(wiringId, threadId ?? ''),
      ),
    remove: (agentGroupId, messagingGroupId, by = 'operator') =>
      store.write('wirings', 'remove', agentGroupId, messagingGroupId, by),
    forChat: (messagingGroupId) =>
      store.readCached(`wirings:${messagingGroupId}`, () => rows.forChat(messagingGroupId)),
    list: () => store.read(() => rows.all()),
  }
}
