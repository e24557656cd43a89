import { errorMessage } from '@nanoclaw/schema'
import type { Logger } from '../logger.ts'
import { authorizeDelivery, type IsMember } from './authorize.ts'
import { toDestination } from './destination-rows.ts'
import { grantDestination, type DestinationDeps } from './grant-destination.ts'
import { renameDestination, revokeDestination } from './rename-destination.ts'
import type { Destinations } from './types.ts'

/** The address books, and the way for other parts of the core to say that one has changed. */
export interface DestinationsPart {
  readonly destinations: Destinations
  notify(agentGroupId: string): void
}

/** Destinations in the central database. */
export function createDestinations(
  deps: DestinationDeps,
  options: { readonly logger: Logger; readonly isMember: IsMember },
): DestinationsPart {
  const { store, rows } = deps
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
    async grant(grant) {
      const { destination, changed } = await store.write('full', () =>
        grantDestination(deps, grant),
      )
      if (changed) notify(grant.agentGroupId)
      return destination
    },
    async revoke(agentGroupId, localName) {
      await store.write('full', () => revokeDestination(deps, agentGroupId, localName))
      notify(agentGroupId)
    },
    async rename(agentGroupId, from, to) {
      const { destination, changed } = await store.write('full', () =>
        renameDestination(deps, agentGroupId, from, to),
      )
      if (changed) notify(agentGroupId)
      return destination
    },
    list: (agentGroupId) => store.read(() => rows.live(agentGroupId).map(toDestination)),
    authorize: (request) =>
      store.readCached(`authorize:${JSON.stringify(request)}`, () =>
        authorizeDelivery(deps, options.isMember, request),
      ),
    onChange(listener) {
      const entry = (agentGroupId: string) => listener(agentGroupId)
      listeners.add(entry)
      return () => void listeners.delete(entry)
    },
  }
  return { destinations, notify }
}
