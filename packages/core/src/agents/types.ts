/** An agent: who can be talked to. */
export interface Agent {
  readonly id: string
  readonly name: string
  /** Its folder's name below `agents/` of the home. */
  readonly folder: string
  /** The provider of its sessions, where a session names none of its own. */
  readonly provider: string
  readonly isAdmin: boolean
  /** What becomes of visible text that addresses nobody. */
  readonly unaddressedOutput: 'scratchpad' | 'origin'
  /** What becomes of a turn whose container died: it runs again, or a person is asked first. */
  readonly onInterrupted: 'rerun' | 'ask'
  /** What has ended is kept so many days, fractions allowed; null: for ever. */
  readonly retentionDays: number | null
  /** Whether what is no longer kept goes into an archive of its session first. */
  readonly archive: boolean
  /** ISO-8601 UTC. */
  readonly createdAt: string
  /** The agent that asked for it; null: a person made it. */
  readonly parentId: string | null
  /** ISO-8601 UTC; null: it has not been deleted. */
  readonly deletedAt: string | null
}

/** A new agent. */
export interface NewAgent {
  /** As people see it; 1 to 200 characters. */
  readonly name: string
  /** Default: made from the name, with `-2`, `-3` … where it is taken. */
  readonly folder?: string | undefined
  /** Default `scripted`. */
  readonly provider?: string | undefined
  /** Default false. */
  readonly isAdmin?: boolean | undefined
  /** Default `scratchpad`. */
  readonly unaddressedOutput?: 'scratchpad' | 'origin' | undefined
  /** Default `rerun`. */
  readonly onInterrupted?: 'rerun' | 'ask' | undefined
  /** Above 0; null: for ever. Default 90. */
  readonly retentionDays?: number | null | undefined
  /** Default true. */
  readonly archive?: boolean | undefined
}

/** Settings of an agent to be changed. What is left out stays. */
export type AgentChange = Pick<
  NewAgent,
  'isAdmin' | 'unaddressedOutput' | 'onInterrupted' | 'retentionDays' | 'archive'
>

/** Where an agent's own files are, ready for a container. */
export interface AgentFolder {
  readonly folder: string
  /**
   * Its `AGENTS.md`: a plain file of the host's, to be mounted read-only. The operator's to write;
   * it is emptied rather than removed while a container runs, for a name that is free is the
   * agent's to take.
   */
  readonly instructions: string
  /** Where something else that had the name of the instructions was moved; tell the operator. */
  readonly setAside: string | undefined
}

/** The agents of an installation. */
export interface Agents {
  /**
   * Durable, with a folder and an `AGENTS.md` that names the agent. Throws `bad-option` for an
   * unusable name, `taken` for a folder in use. `by` is whose word it is, for the audit log: an id, or
   * `operator`, the default.
   */
  create(agent: NewAgent, by?: string): Promise<Agent>
  /**
   * Changes settings of an agent; a session that is awake sees it when its container next starts.
   * Durable. Throws `not-found`, and `bad-option` for a value that cannot be.
   */
  update(id: string, change: AgentChange): Promise<Agent>
  /**
   * Makes the folder and the instructions where they are missing; to be called before every start of
   * a container. A link, a folder or a file with a second name in the place of the instructions is
   * renamed, never followed. `ofSession`: the folder of that session's own, for one that must not have
   * the agent's (`Heard.isOpen`). Throws `io`, `disk-full`.
   */
  prepareFolder(agent: Agent, ofSession?: string): Promise<AgentFolder>
  /** Deleted ones too; undefined for an id that there is not. */
  get(id: string): Promise<Agent | undefined>
  /** Oldest first; `deleted` (default false): those too that have been deleted. */
  list(filter?: { readonly deleted?: boolean | undefined }): Promise<readonly Agent[]>
  /**
   * Leaves a tombstone: its id, folder and the names that others call it by are given to nobody else.
   * In one transaction it hears no chat any more, and every destination of it and to it is revoked. What
   * waits for it ends as failed when its sessions are next awake. Its files stay. `by` is whose word it
   * is, for the audit log: an id, or `operator`, the default. Durable. Throws `not-found`.
   */
  delete(id: string, by?: string): Promise<void>
}
