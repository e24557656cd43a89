import type { ChannelAdapter } from '@nanoclaw/adapters'
import type { Appended, Core, Logger, NewInbound, OutboundReader, Session } from '@nanoclaw/core'
import { errorMessage, NanoclawError } from '@nanoclaw/schema'
import type { Channels } from '../channels/channels.ts'
import type { RunnerProgram, SessionDriver } from '../drivers/port.ts'
import { createScheduler } from '../scheduler.ts'
import type { HostSettings } from '../settings.ts'
import { ActorRegistry } from './actor-registry.ts'
import { createQuietWatch } from './quiet-watch.ts'
import { SessionActor } from './session-actor.ts'
import type { Slots } from './slots.ts'

/** What the sessions of a host are made of. */
export interface SessionRoomDeps {
  readonly core: Core
  readonly channels: Channels
  readonly driver: SessionDriver
  readonly reader: OutboundReader
  readonly runner: RunnerProgram
  readonly slots: Slots
  readonly settings: HostSettings
  readonly logger: Logger
  readonly random?: () => number
}

/** All sessions of a host: those awake, and the scheduler that wakes the others. */
export interface SessionRoom {
  readonly awake: number
  append(session: Session, rows: readonly NewInbound[]): Promise<readonly Appended[]>
  whenQuiet(messagingGroupId: string, signal?: AbortSignal): Promise<void>
  addressBookChanged(agentGroupId: string): void
  channelChanged(adapter: ChannelAdapter): void
  tick(): void
  /** Learns from the database what an earlier process has put into quarantine. */
  prepare(): Promise<void>
  start(): void
  stop(): Promise<void>
}

const quarantineIncident = 'session-quarantined'

/** Makes the room; nothing wakes before `start`, but for what is appended to. */
export function createSessionRoom(deps: SessionRoomDeps): SessionRoom {
  const { core, logger } = deps
  const quarantined = new Set<string>()

  const logError = (error: unknown): void =>
    logger.error({ err: error }, `something failed inside the host: ${errorMessage(error)}`)

  const trouble = (session: Session, kind: string, message: string): void => {
    const { id: sessionId, agentGroupId } = session
    logger.warn({ session: sessionId, kind }, message)
    core.incidents
      .open({ kind, subject: sessionId, message, sessionId, agentGroupId })
      .catch(logError)
  }

  const open = async (session: Session): Promise<SessionActor> => {
    const agent = await core.agents.get(session.agentGroupId)
    if (agent === undefined) {
      throw new NanoclawError('not-found', `session ${session.id} belongs to no known agent`)
    }
    await core.mailboxes.init(agent.id, session.id)
    const mailbox = await core.mailboxes.open(agent.id, session.id)
    const actor: SessionActor = new SessionActor(session, agent, mailbox, {
      ...deps,
      random: deps.random ?? Math.random,
      isQuarantined: quarantined.has(session.id),
      trouble,
      onQuarantine: (id) => void quarantined.add(id),
      onRetired: () => scheduler.lookAgain(),
      onChange: () => {
        registry.retireIfIdle(actor)
        quiet.changed()
      },
    })
    await actor.resume()
    return actor
  }

  const registry = new ActorRegistry(open, logError)
  const quiet = createQuietWatch({ core, registry })
  const scheduler = createScheduler({
    core,
    awake: () => registry.list().length,
    wake: (session) =>
      registry
        .use(session, (actor) => Promise.resolve(actor.wake()))
        .catch((error: unknown) => trouble(session, 'session-wake', errorMessage(error))),
    onError: logError,
  })

  return {
    get awake() {
      return registry.list().length
    },
    append: (session, rows) => registry.use(session, (actor) => actor.append(rows)),
    whenQuiet: quiet.whenQuiet,
    addressBookChanged: (agentGroupId) => {
      const concerned = registry.list().filter((a) => a.session.agentGroupId === agentGroupId)
      for (const actor of concerned) actor.addressBookChanged().catch(logError)
    },
    channelChanged: ({ channelType, instance }) => {
      for (const actor of registry.list()) actor.channelChanged(channelType, instance)
    },
    tick: () => {
      for (const actor of registry.list()) actor.tick().catch(logError)
    },
    prepare: async () => {
      const incidents = await core.incidents.list({ open: true })
      for (const { kind, subject } of incidents) {
        if (kind === quarantineIncident) quarantined.add(subject)
      }
    },
    start: () => scheduler.start(),
    stop: async () => {
      await scheduler.stop()
      await registry.stop()
    },
  }
}
