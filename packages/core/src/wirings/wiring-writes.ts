import { NanoclawError, timestamp } from '@nanoclaw/schema/plain'
import { present } from '../central/narrow.ts'
import { grantDestination, type DestinationDeps } from '../destinations/grant-destination.ts'
import type { NewWiring } from './types.ts'
import { toWiring } from './wiring-rows.ts'

function createWiring(deps: DestinationDeps, wiring: NewWiring) {
  const { agentGroupId, messagingGroupId, localName } = wiring
  const { sql, clock, ids } = deps.tools
  // Grants first: it checks that agent and chat exist.
  const { destination, changed } = grantDestination(deps, {
    agentGroupId,
    target: { type: 'channel', messagingGroupId },
    localName,
  })
  const read = () => sql.wiringOfPair().get({ agentGroupId, messagingGroupId })
  if (read() !== undefined) {
    throw new NanoclawError(
      'taken',
      `agent ${agentGroupId} is wired to chat ${messagingGroupId} already`,
    )
  }
  sql.insertWiring().run({
    id: ids.next('wire'),
    agentGroupId,
    messagingGroupId,
    sessionMode: wiring.sessionMode ?? 'shared',
    engageMode: wiring.engageMode ?? 'always',
    priority: wiring.priority ?? 0,
    createdAt: timestamp(clock),
  })
  return { wiring: toWiring(present(read(), 'the wiring')), destination, changed }
}

/** What is written of wirings. */
export function wiringWrites(deps: DestinationDeps) {
  return {
    /** `changed`: whether the agent's address book has. */
    create: (wiring: NewWiring) => createWiring(deps, wiring),
  }
}
