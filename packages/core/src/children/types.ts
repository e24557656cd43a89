import type { Agent } from '../agents/types.ts'
import type { Destination } from '../destinations/types.ts'

/** An agent that another one has asked for; everything of it, so that a person can approve it. */
export interface ChildSpec {
  readonly parentId: string
  readonly name: string
  /** Its folder's name below `agents/`, of {@link Children.freeFolder}. */
  readonly folder: string
  readonly provider: string
  /** What its `AGENTS.md` says; `''`: only its name. */
  readonly instructions: string
}

/** One that is to be made now. */
export interface NewChild {
  readonly spec: ChildSpec
  /** The approval's id, or that of the agent's row: the same one makes one agent. */
  readonly actionId: string
  /** The session that has asked; `''` where none is known. */
  readonly sessionId: string
  /** So many living children an agent may have. */
  readonly mostChildren: number
}

/** What became of it. */
export type ChildOutcome =
  | {
      readonly outcome: 'created'
      readonly agent: Agent
      /** The parent's entry for it. */
      readonly destination: Destination
    }
  | { readonly outcome: 'refused'; readonly reason: string }

/** Agents that agents ask for. */
export interface Children {
  /** A folder's name made of an agent's, that no agent has or had, and nothing lies at. */
  freeFolder(name: string): Promise<string>
  /** What an action has made, if it has. */
  madeBy(actionId: string, parentId: string, name: string): Promise<ChildOutcome | undefined>
  /** Why an agent may not have one more; undefined: it may. Also judged when it is made. */
  refusal(parentId: string, mostChildren: number): Promise<string | undefined>
  /**
   * Makes an agent with its instructions, and both destinations: it calls its parent `parent`. One
   * transaction, durable, once for each action; its folder is there when this resolves, or when it is
   * asked for again. Throws `not-found` for the parent, `bad-option` for a name, `io`, `disk-full`.
   */
  create(child: NewChild): Promise<ChildOutcome>
}
