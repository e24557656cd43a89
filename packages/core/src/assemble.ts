import { NanoclawError, type HomeLayout, type JournalMode } from '@nanoclaw/schema'
import { createAgents } from './agents/agents.ts'
import { createApprovals } from './approvals/approvals.ts'
import { createApprovalCards } from './approvals/cards.ts'
import { createAudit } from './audit/audit.ts'
import { centralRows } from './central/central-rows.ts'
import type { CentralStore } from './central/central-store.ts'
import { createChannelState } from './chats/channel-state.ts'
import { createChats } from './chats/chats.ts'
import type { Core } from './core.ts'
import { createChildren } from './children/children.ts'
import { createDestinations } from './destinations/destinations.ts'
import { normalizeName } from './destinations/normalize-name.ts'
import { EventLog, type MakeRecorder } from './events/event-log.ts'
import { createSubscribe } from './events/subscribe.ts'
import type { ForgetDeps } from './forget/forget.ts'
import type { HomeFiles, HomeLock } from './files/home-files.ts'
import { createHeard } from './heard/heard.ts'
import { createHeldEvents } from './held/held.ts'
import { createIncidents } from './incidents/incidents.ts'
import { createReceipts } from './ledger/receipts.ts'
import type { Logger } from './logger.ts'
import type { MailboxStore } from './mailbox/mailbox.ts'
import { createPeople } from './people/people.ts'
import type { AroundPort } from './ports.ts'
import type { Archives } from './retention/archives.ts'
import { createPolicies } from './policies/policies.ts'
import { createRetention } from './retention/retention.ts'
import { createSessionTurns } from './retention/session-turns.ts'
import { resolveSessionRow } from './sessions/resolve-session.ts'
import { createSessionManager } from './sessions/session-manager.ts'
import { createSessions } from './sessions/sessions.ts'
import type { Threads } from './threads/types.ts'
import { findMessage } from './trace/find-message.ts'
import { traceMessage } from './trace/trace-message.ts'
import { createWirings } from './wirings/wirings.ts'

/** What a core is put together from: where it keeps things, on disk or not. */
export interface CoreParts {
  readonly store: CentralStore
  readonly installId: string
  readonly layout: HomeLayout
  readonly journal: JournalMode
  readonly mailboxes: (recorder: MakeRecorder) => MailboxStore
  /** Where databases are open, if not here. */
  readonly threads?: Threads
  readonly files: HomeFiles
  readonly archives: Archives
  readonly logger: Logger
  readonly around: AroundPort
}

function aroundMailboxes(store: MailboxStore, around: AroundPort): MailboxStore {
  return around('mailboxes', {
    init: (agentGroupId, sessionId) => store.init(agentGroupId, sessionId),
    open: async (agentGroupId, sessionId) =>
      around('mailbox', await store.open(agentGroupId, sessionId)),
    async openExisting(agentGroupId, sessionId) {
      const mailbox = await store.openExisting(agentGroupId, sessionId)
      return mailbox && around('mailbox', mailbox)
    },
  })
}

/** Puts a core together. Closes the store where that fails. */
export async function assemble(parts: CoreParts): Promise<Core> {
  try {
    const { store, installId } = parts
    const log = await store.read(() => new EventLog(store, installId))
    return assembleWith(parts, log)
  } catch (error) {
    await parts.store.close()
    await parts.threads?.close()
    throw error
  }
}

/** An operator's word, rarely: it is loaded then. */
function lazyForget(deps: ForgetDeps): Core['forget'] {
  return async (person, options) => {
    const { createForget } = await import('./forget/forget.ts')
    return createForget(deps)(person, options)
  }
}

/** Who holds the home, and what ends with the core. */
function createEnding(
  { store, threads }: CoreParts,
  files: HomeFiles,
  log: EventLog,
): Pick<Core, 'lockHome' | 'close'> {
  let lock: HomeLock | undefined
  return {
    async lockHome() {
      const taken = await files.lockHome()
      if (log.ended.aborted) {
        taken.release()
        throw new NanoclawError('closed', 'this core has been closed; create another')
      }
      return (lock = taken)
    },
    async close() {
      const closing = log.close()
      lock?.release()
      await closing
      await store.close()
      await threads?.close()
    },
  }
}

function assembleWith(parts: CoreParts, log: EventLog): Core {
  const { store, installId, layout, journal, logger, around } = parts
  const { clock, ids } = store
  const rows = centralRows(store)
  const { agents, chats } = rows
  const lookUps = { agents, chats, rows: rows.destinations }
  const { destinations, notify } = createDestinations(store, { ...rows, ...lookUps }, { logger })
  const heard = around('heard', createHeard(store, { rows: rows.heard, sessions: rows.sessions }))
  const files = around('files', parts.files)
  const sessions = around('sessions', createSessions(store, rows.sessions, rows.wirings, log))
  const mailboxes = aroundMailboxes(
    parts.mailboxes((agentGroupId, sessionId) => log.recorder(agentGroupId, sessionId)),
    around,
  )
  const keeping = { store, files, heard, sessions, mailboxes }
  const manager = createSessionManager({ ...keeping, destinations: lookUps })
  const channelState = createChannelState(store)
  const findDeps = { sessions, mailboxes, logger }
  const agentsPort = around(
    'agents',
    createAgents(store, agents, {
      prepareFolder: (agent, sessionId) => files.prepareAgentFolder(agent, sessionId),
      notify,
    }),
  )
  const archives = around('archives', parts.archives)
  const inTurn = createSessionTurns()
  const { lockHome, close } = createEnding(parts, files, log)
  return around('core', {
    installId,
    layout,
    journal,
    clock,
    ids,
    agents: agentsPort,
    chats: around('chats', createChats(store, chats, notify)),
    children: around('children', createChildren(store, lookUps, files, notify)),
    wirings: around('wirings', createWirings(store, rows.wirings, notify)),
    destinations: around('destinations', destinations),
    heard,
    sessions,
    incidents: around('incidents', createIncidents(store, log)),
    held: around('held', createHeldEvents(store)),
    people: around('people', createPeople(store, rows.people)),
    approvals: around('approvals', createApprovals(store, rows.approvals, logger)),
    approvalCards: around('approvalCards', createApprovalCards(store)),
    policies: around('policies', createPolicies(store, rows.policies)),
    audit: around('audit', createAudit(store)),
    receipts: around('receipts', createReceipts(store)),
    retention: around(
      'retention',
      createRetention({ store, agents: agentsPort, mailboxes, archives, inTurn }),
    ),
    channelState: (channelType, instance) =>
      around('channelState', channelState(channelType, instance)),
    mailboxes,
    ...manager,
    async resolveSession(request) {
      const resolved = await resolveSessionRow(store, rows.sessions, request)
      if (resolved.created) await manager.initSessionFolder(resolved.session)
      return resolved
    },
    hasDestination: (agentGroupId, target) =>
      store.read(() => rows.destinations.liveByTarget(agentGroupId, target) !== undefined),
    findMessage: (id) => findMessage(findDeps, id),
    trace: (id, options = {}) => traceMessage(findDeps, id, options),
    forget: lazyForget({
      ...{ store, layout, journal, mailboxes, archives, inTurn, sessions },
      lockHome: files.lockHome,
    }),
    normalizeName,
    subscribe: createSubscribe({ store, log, mailboxes, logger }),
    lockHome,
    close,
    [Symbol.asyncDispose]: close,
  })
}
