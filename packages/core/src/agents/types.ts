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
  readonly createdAt: string
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
}

/** The agents of an installation. */
export interface Agents {
  /** Durable. Throws `bad-option` for an unusable name, `taken` for a folder in use. */
  create(agent: NewAgent): Promise<Agent>
  get(id: string): Promise<Agent | undefined>
  /** Oldest first. */
  list(): Promise<readonly Agent[]>
}
