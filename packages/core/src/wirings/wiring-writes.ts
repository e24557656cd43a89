import { NanoclawError, timestamp } from '@nanoclaw/schema/plain'
import { audit } from '../audit/audit-writes.ts'
import { present } from '../central/narrow.ts'
import { grantDestination, type DestinationDeps } from '../destinations/grant-destination.ts'
import type { NewWiring, Wiring, WiringChange } from './types.ts'
import { toWiring } from './wiring-rows.ts'

/** Throws `bad-option` for a wiring by pattern that has none. */
function requirePattern(wiring: {
  readonly engageMode?: string | undefined
  readonly engagePattern: string | null
}): void {
  if (wiring.engageMode !== 'pattern' || wiring.engagePattern !== null) return
  throw new NanoclawError('bad-option', 'expected a pattern for the engage mode pattern, got none')
}

function createWiring(deps: DestinationDeps, wiring: NewWiring, by: string) {
  const { agentGroupId, messagingGroupId, localName } = wiring
  const { sql, clock, ids } = deps.tools
  requirePattern({ engageMode: wiring.engageMode, engagePattern: wiring.engagePattern ?? null })
  // Grants first: it checks that agent and chat exist.
  const { destination, changed } = grantDestination(
    deps,
    {
      agentGroupId,
      target: { type: 'channel', messagingGroupId },
      localName,
    },
    by,
  )
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
    engagePattern: wiring.engagePattern ?? null,
    ignored: wiring.ignored ?? 'drop',
    createdAt: timestamp(clock),
  })
  const made = toWiring(present(read(), 'the wiring'))
  const { sessionMode, engageMode } = made
  const details = { messagingGroupId, sessionMode, engageMode }
  audit(deps.tools, { kind: 'wiring-created', actor: by, subject: agentGroupId, details })
  return { wiring: made, destination, changed }
}

function updateWiring({ tools }: DestinationDeps, id: string, change: WiringChange): Wiring {
  const { sql } = tools
  const row = sql.wiringById().get({ id })
  if (row === undefined) {
    throw new NanoclawError('not-found', `expected the id of a wiring, there is none with ${id}`)
  }
  const { sessionMode, engageMode, priority, engagePattern, ignored } = row
  const before = { sessionMode, engageMode, priority, engagePattern, ignored }
  const after = {
    sessionMode: change.sessionMode ?? sessionMode,
    engageMode: change.engageMode ?? engageMode,
    priority: change.priority ?? priority,
    engagePattern: change.engagePattern ?? engagePattern,
    ignored: change.ignored ?? ignored,
  }
  requirePattern(after)
  sql.setWiring().run({ id, ...after })
  const details = { from: before, to: change }
  audit(tools, { kind: 'wiring-changed', actor: 'operator', subject: id, details })
  return toWiring({ ...row, ...after })
}

/** What is written of wirings. */
export function wiringWrites(deps: DestinationDeps) {
  const { sql, clock } = deps.tools
  return {
    /** `changed`: whether the agent's address book has. */
    create: (wiring: NewWiring, by: string) => createWiring(deps, wiring, by),
    update: (id: string, change: WiringChange) => updateWiring(deps, id, change),
    engage: (wiringId: string, threadId: string): void =>
      void sql.noteEngagement().run({ wiringId, threadId, engagedAt: timestamp(clock) }),
    remove(agentGroupId: string, messagingGroupId: string, by: string): void {
      const { changes } = deps.tools.sql.removeWiring().run({ agentGroupId, messagingGroupId })
      if (changes === 0) {
        throw new NanoclawError(
          'not-found',
          `agent ${agentGroupId} is not wired to chat ${messagingGroupId}`,
        )
      }
      const details = { messagingGroupId }
      audit(deps.tools, { kind: 'wiring-removed', actor: by, subject: agentGroupId, details })
    },
  }
}
