import type { SessionMode } from '@nanoclaw/schema'

/** State of a session's container, as the central database remembers it. */
export type ContainerStatus = 'running' | 'idle' | 'stopped'

/** A conversation: an agent, and what it is fed by. */
export interface Session {
  readonly id: string
  /** A JSON array (session protocol §9); unique among active sessions. */
  readonly key: string
  readonly agentGroupId: string
  /** Null where no single chat feeds it. */
  readonly messagingGroupId: string | null
  readonly threadId: string | null
  /** Overrides the agent's provider. */
  readonly agentProvider: string | null
  readonly status: 'active' | 'closed'
  readonly containerStatus: ContainerStatus
  /** One more at every start of a container. */
  readonly epoch: number
  /** ISO-8601 UTC, as the next two; null: nothing is to be done. */
  readonly nextDueAt: string | null
  /** Written now and then; null until the first time. */
  readonly lastActive: string | null
  readonly createdAt: string
}

/** Which session a message of a chat belongs to. */
export interface ChatSessionRequest {
  readonly agentGroupId: string
  readonly messagingGroupId: string
  /** Counts in `per-thread` alone. */
  readonly threadId: string | null
  readonly sessionMode: SessionMode
}

/** Any session: of a chat, of an agent's unanswering mail, or of one of its schedules. */
export type SessionRequest =
  | ChatSessionRequest
  | { readonly agentGroupId: string; readonly sessionMode: 'mail' }
  | { readonly agentGroupId: string; readonly sessionMode: 'task'; readonly scheduleId: string }

/** A session, and whether this call made it. */
export interface ResolvedSession {
  readonly session: Session
  readonly created: boolean
}

/** What the central database knows about sessions. */
export interface Sessions {
  /** Undefined for an id that there is not. */
  get(id: string): Promise<Session | undefined>
  /** Oldest first; all where nothing is asked for. */
  list(filter?: {
    readonly agentGroupId?: string | undefined
    readonly messagingGroupId?: string | undefined
  }): Promise<readonly Session[]>
  /** Active sessions fed by a chat, `agent-shared` ones of agents wired to it included. */
  forChat(messagingGroupId: string): Promise<readonly Session[]>
  /** Active sessions due at a moment (ISO-8601 UTC), longest due first. By index. */
  due(now: string, limit: number): Promise<readonly Session[]>
  /** The earliest due time after a moment (ISO-8601 UTC). By index. */
  nextDueAt(after: string): Promise<string | null>
  /**
   * Makes it due at `at`, or never: what is to be said when nothing is left to do until then. From
   * then on a subscriber that comes back visits it for its events so far alone. Setting is fully
   * synced, clearing is not. Throws `not-found`, `bad-option`.
   */
  setDue(sessionId: string, at: string | null): Promise<void>
  /**
   * Makes a session due by `at`, and notes that it may get events, unless both are so already; says
   * whether it wrote. To be called before a row is appended, so that no crash leaves a row that
   * nobody looks for. Durable. Throws `not-found`, `bad-option`.
   */
  ensureDue(sessionId: string, at: string): Promise<boolean>
  /** One more epoch, and `running`; durable. Throws `not-found`. */
  beginEpoch(sessionId: string): Promise<number>
  /** Not synced: a start or an exit that a power cut hides is seen again. Throws `not-found`. */
  setContainerStatus(sessionId: string, status: ContainerStatus): Promise<void>
  /** Notes activity now; not synced. Throws `not-found`. */
  touch(sessionId: string): Promise<void>
  /** Sessions whose container is held to be running: after a crash, those to look after. */
  running(): Promise<readonly Session[]>
}
