import type { Account, Role } from '@nanoclaw/schema'

/** An account of a person on a channel. */
export interface User extends Account {
  /** `<channel>:<handle>`, as `userId` of `@nanoclaw/schema` makes it. */
  readonly id: string
  readonly personId: string
  /** ISO-8601 UTC. */
  readonly createdAt: string
  /** The chat in which this user and the bot are alone, once it is known. */
  readonly directChatId: string | null
}

/** What a person may. An owner may all that an admin may, an admin all that a member may. */
export interface NewRole {
  readonly role: Role
  /** For this agent alone; null, the default: for all. An owner is one of all. */
  readonly agentGroupId?: string | null | undefined
}

/** A role that a person has. */
export interface RoleGrant {
  readonly role: Role
  /** Null: for all agents. */
  readonly agentGroupId: string | null
  /** ISO-8601 UTC. */
  readonly grantedAt: string
  /** A person's id, or `operator` for the command line. */
  readonly grantedBy: string
}

/** Somebody who is known: whoever roles are given to, with all accounts. */
export interface KnownPerson {
  readonly id: string
  /** As people see it. */
  readonly name: string
  /** ISO-8601 UTC. */
  readonly createdAt: string
  /** Oldest first. */
  readonly users: readonly User[]
  readonly roles: readonly RoleGrant[]
}

/** An account to be known. */
export interface NewUser extends Account {
  /** Whose account it is; default: a new person's. */
  readonly personId?: string | undefined
  /** Of a new person; 1 to 200 characters. Default: the handle. */
  readonly name?: string | undefined
  /** What the person may from now on. Default: nothing more. */
  readonly role?: NewRole | undefined
}

/**
 * Who is known, and what they may. A user who has no role for an agent is a stranger to it, known or
 * not. `by` is whose word it is: a person's id, or `operator`, the default.
 */
export interface People {
  /**
   * Makes an account known, in one transaction with the person and the role. An account that is known
   * stays as it is and gets the role. Durable. Throws `bad-option` for an unusable account, name or
   * role, `not-found` for an unknown person or agent, `taken` for an account of another person.
   */
  add(user: NewUser, by?: string): Promise<KnownPerson>
  /**
   * Forgets an account; the person too, with all roles, when it was the last one. Durable. Throws
   * `not-found`.
   */
  remove(userId: string, by?: string): Promise<void>
  /** To the person of a user. Durable. Throws `not-found`, `bad-option` for an owner of one agent. */
  grantRole(userId: string, role: NewRole, by?: string): Promise<KnownPerson>
  /** Durable. Throws `not-found`, also where the person has no such role. */
  revokeRole(userId: string, role: NewRole, by?: string): Promise<KnownPerson>
  /**
   * Makes the first owner of a home: nothing happens where there is one. Durable. Resolves to whether
   * it was done.
   */
  ensureOwner(user: NewUser): Promise<boolean>
  /** Notes in which chat a user and the bot are alone; nothing happens for a user who is not known. */
  noteDirectChat(userId: string, messagingGroupId: string): Promise<void>
  /** Undefined for an account that is not known. */
  find(userId: string): Promise<KnownPerson | undefined>
  /** The account alone; remembered until somebody writes to the database, since every message asks. */
  user(userId: string): Promise<User | undefined>
  /** Undefined for an id that there is not. */
  get(personId: string): Promise<KnownPerson | undefined>
  /** Oldest first. */
  list(): Promise<readonly KnownPerson[]>
  /**
   * The strongest role of a user for an agent; null for a stranger. Remembered until somebody writes
   * to the database, since every message asks.
   */
  roleFor(agentGroupId: string, userId: string): Promise<Role | null>
  /** Whether a user is no stranger to an agent. As {@link roleFor}. */
  isMember(agentGroupId: string, userId: string): Promise<boolean>
}
