import { createIds, createLayout, systemClock } from '@nanoclaw/schema'
import { agentStatements, createAgents } from './agents/agents.ts'
import { createCentralStore, type CentralStore } from './central/central-store.ts'
import { loadInstallId } from './central/install-id.ts'
import { openCentral } from './central/open-central.ts'
import { createChannelState } from './chats/channel-state.ts'
import { chatStatements, createChats } from './chats/chats.ts'
import type { Core, CoreOptions } from './core.ts'
import { destinationStatements } from './destinations/destination-rows.ts'
import { createDestinations } from './destinations/destinations.ts'
import { normalizeName } from './destinations/normalize-name.ts'
import { createIncidents } from './incidents/incidents.ts'
import { silentLogger } from './logger.ts'
import { createSqliteMailboxes } from './mailbox/sqlite-mailboxes.ts'
import { resolveSessionRow } from './sessions/resolve-session.ts'
import { createSessionManager } from './sessions/session-manager.ts'
import { sessionStatements } from './sessions/session-rows.ts'
import { createSessions } from './sessions/sessions.ts'
import { createWirings, wiringStatements } from './wirings/wirings.ts'

function statementsOf(store: CentralStore) {
  return {
    agents: agentStatements(store),
    chats: chatStatements(store),
    wirings: wiringStatements(store),
    sessions: sessionStatements(store),
    destinations: destinationStatements(store),
  }
}

/**
 * Opens a home, made when it is missing. Throws `NanoclawError`: `io` (it cannot be read or
 * written), `corrupt`, `newer-schema`, `disk-full`, `node-too-old`; what was there is untouched.
 */
export async function createCore(options: CoreOptions): Promise<Core> {
  const { clock = systemClock, ids = createIds(clock), logger = silentLogger } = options
  const layout = createLayout(options.home)
  const database = await openCentral(layout)
  const store = createCentralStore({ database, path: layout.centralDb, clock, ids })
  try {
    const installId = await loadInstallId(store)
    return assemble({ store, layout, installId, logger, journal: options.journal ?? 'wal' })
  } catch (error) {
    store.close()
    throw error
  }
}

interface Parts {
  readonly store: CentralStore
  readonly layout: Core['layout']
  readonly installId: string
  readonly logger: NonNullable<CoreOptions['logger']>
  readonly journal: NonNullable<CoreOptions['journal']>
}

function assemble({ store, layout, installId, logger, journal }: Parts): Core {
  const { clock, ids } = store
  const rows = statementsOf(store)
  const { agents, chats } = rows
  const destinationDeps = { store, agents, chats, rows: rows.destinations }
  const resolveDeps = { store, agents, chats, rows: rows.sessions }
  // Until there are people and roles, every sender counts as a member.
  const isMember = () => true
  const { destinations, notify } = createDestinations(destinationDeps, { logger, isMember })
  const sessions = createSessions(store, rows.sessions, rows.wirings)
  const mailboxes = createSqliteMailboxes({ layout, journal, clock, ids })
  const manager = createSessionManager({
    store,
    layout,
    destinations: destinationDeps,
    sessions,
    mailboxes,
  })
  const close = async () => store.close()
  return {
    installId,
    layout,
    clock,
    ids,
    agents: createAgents(store, agents, layout),
    chats: createChats(store, chats),
    wirings: createWirings(destinationDeps, rows.wirings, notify),
    destinations,
    sessions,
    incidents: createIncidents(store),
    channelState: createChannelState(store),
    mailboxes,
    ...manager,
    async resolveSession(request) {
      const resolved = await resolveSessionRow(resolveDeps, request)
      if (resolved.created) await manager.initSessionFolder(resolved.session)
      return resolved
    },
    hasDestination: (agentGroupId, target) =>
      store.read(() => rows.destinations.liveByTarget(agentGroupId, target) !== undefined),
    normalizeName,
    close,
    [Symbol.asyncDispose]: close,
  }
}
