import { join, resolve } from 'node:path'

/** The files of one session, as absolute paths on the host. */
export interface SessionLayout {
  readonly root: string
  readonly inbound: string
  readonly inboundDb: string
  readonly destinationsJson: string
  readonly outbound: string
  readonly outboundDb: string
  readonly heartbeat: string
  /** Host only: the container's log, copies of files to send. */
  readonly private: string
  /** In place of the agent's folder, for sessions open to strangers. */
  readonly workspace: string
  /** Where attachments of a row were put for the agent. */
  inbox(rowId: string): string
  /** Where the agent put the files that a row sends. */
  outbox(rowId: string): string
}

/** Where everything below a home is, as absolute paths (session protocol §1). */
export interface HomeLayout {
  readonly home: string
  readonly centralDb: string
  readonly agents: string
  readonly sessions: string
  readonly run: string
  readonly lockDb: string
  readonly hostLockDb: string
  readonly pidFile: string
  readonly logs: string
  /** An agent's own folder, by its name below `agents/`. */
  agent(folder: string): string
  /** The files of a session. Ids are taken as they are: check them by `isId` first. */
  session(agentGroupId: string, sessionId: string): SessionLayout
}

/** File names inside a session's two folders, which are the same inside the container. */
export const sessionFiles = {
  inboundDb: 'inbound.db',
  inbox: 'inbox',
  destinationsJson: 'destinations.json',
  outboundDb: 'outbound.db',
  outbox: 'outbox',
  heartbeat: '.heartbeat',
} as const

function sessionLayout(root: string): SessionLayout {
  const inbound = join(root, 'inbound')
  const outbound = join(root, 'outbound')
  return {
    root,
    inbound,
    inboundDb: join(inbound, sessionFiles.inboundDb),
    destinationsJson: join(inbound, sessionFiles.destinationsJson),
    outbound,
    outboundDb: join(outbound, sessionFiles.outboundDb),
    heartbeat: join(outbound, sessionFiles.heartbeat),
    private: join(root, 'private'),
    workspace: join(root, 'workspace'),
    inbox: (rowId) => join(inbound, sessionFiles.inbox, rowId),
    outbox: (rowId) => join(outbound, sessionFiles.outbox, rowId),
  }
}

/** The layout of a home folder; touches nothing. */
export function createLayout(home: string): HomeLayout {
  const root = resolve(home)
  const agents = join(root, 'agents')
  const sessions = join(root, 'sessions')
  const run = join(root, 'run')
  return {
    home: root,
    centralDb: join(root, 'central.db'),
    agents,
    sessions,
    run,
    lockDb: join(run, 'lock.db'),
    hostLockDb: join(run, 'host.db'),
    pidFile: join(run, 'daemon.pid'),
    logs: join(root, 'logs'),
    agent: (folder) => join(agents, folder),
    session: (agentGroupId, sessionId) => sessionLayout(join(sessions, agentGroupId, sessionId)),
  }
}
