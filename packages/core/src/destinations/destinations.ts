import { errorMessage } from '@nanoclaw/schema'
import type { CentralStore } from '../central/central-store.ts'
import type { Logger } from '../logger.ts'
import { authorizeDelivery, type AuthorizeDeps } from './authorize.ts'
import { toDestination } from './destination-rows.ts'
import type { Destinations } from './types.ts'

/** The address books, and the way for other parts of the core to say that one has changed. */
export interface DestinationsPart {
  readonly destinations: Destinations
  notify(agentGroupId: string): void
}

/** Destinations in the central database. */
export function createDestinations(
  store: CentralStore,
  deps: AuthorizeDeps,
  options: { readonly logger: Logger },
): DestinationsPart {
  const { read, readCached, write } = store
  const { rows } = deps
  const listeners = new Set<(agentGroupId: string) => void>()

  function notify(agentGroupId: string): void {
    for (const listener of [...listeners]) {
      try {
        listener(agentGroupId)
      } catch (error) {
        options.logger.error(
          { agentGroupId, error: errorMessage(error) },
          'a listener to changes of destinations threw',
        )
      }
    }
  }

  const destinations: Destinations = {
    async grant(grant, by = 'operator') {
      const { destination, changed } = await write('destinations', 'grant', grant, by)
      if (changed) notify(grant.agentGroupId)
      return destination
    },
    async revoke(agentGroupId, localName, by = 'operator') {
      await write('destinations', 'revoke', agentGroupId, localName, by)
      notify(agentGroupId)
    },
    async rename(agentGroupId, from, to, by = 'operator') {
      const renamed = await write('destinations', 'rename', agentGroupId, from, to, by)
      const { destination, changed } = renamed
      if (changed) notify(agentGroupId)
      return destination
    },
    list: (agentGroupId) => read(() => rows.live(agentGroupId).map(toDestination)),
    authorize: (request) =>
      readCached(`authorize:${JSON.stringify(request)}`, () => authorizeDelivery(deps, request)),
    onChange(listener) {
      const entry = (agentGroupId: string) => listener(agentGroupId)
      listeners.add(entry)
      return () => void listeners.delete(entry)
    },
  }
  return { destinations, notify }
}
