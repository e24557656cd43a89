import { grantDestination, type DestinationDeps } from './grant-destination.ts'
import { renameDestination, revokeDestination } from './rename-destination.ts'
import type { NewGrant } from './types.ts'

/** What is written of destinations. `changed`: whether the agent's address book has. */
export function destinationWrites(deps: DestinationDeps) {
  return {
    grant: (grant: NewGrant, by: string) => grantDestination(deps, grant, by),
    revoke: (agentGroupId: string, localName: string, by: string): void =>
      revokeDestination(deps, agentGroupId, localName, by),
    rename: (agentGroupId: string, from: string, to: string, by: string) =>
      renameDestination(deps, agentGroupId, from, to, by),
  }
}
