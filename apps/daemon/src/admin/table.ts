import type { AdminCommand } from './command.ts'
import { agentsCreate } from './commands/agents-create.ts'
import { agentsList } from './commands/agents-list.ts'
import { agentsRemove } from './commands/agents-remove.ts'
import { agentsSet } from './commands/agents-set.ts'
import { agentsShow } from './commands/agents-show.ts'
import { approvalsApprove } from './commands/approvals-approve.ts'
import { approvalsList } from './commands/approvals-list.ts'
import { approvalsReject } from './commands/approvals-reject.ts'
import { approvalsShow } from './commands/approvals-show.ts'
import { audit } from './commands/audit.ts'
import { chatsAdd } from './commands/chats-add.ts'
import { chatsList } from './commands/chats-list.ts'
import { chatsRemove } from './commands/chats-remove.ts'
import { chatsSet } from './commands/chats-set.ts'
import { destinationsGrant } from './commands/destinations-grant.ts'
import { destinationsList } from './commands/destinations-list.ts'
import { destinationsRename } from './commands/destinations-rename.ts'
import { destinationsRevoke } from './commands/destinations-revoke.ts'
import { policiesList } from './commands/policies-list.ts'
import { policiesSet } from './commands/policies-set.ts'
import { sessionsClear } from './commands/sessions-clear.ts'
import { sessionsList } from './commands/sessions-list.ts'
import { sessionsShow } from './commands/sessions-show.ts'
import { unwire } from './commands/unwire.ts'
import { usersAdd } from './commands/users-add.ts'
import { usersGrant } from './commands/users-grant.ts'
import { usersList } from './commands/users-list.ts'
import { usersRemove } from './commands/users-remove.ts'
import { usersRevoke } from './commands/users-revoke.ts'
import { wire } from './commands/wire.ts'
import { wirings } from './commands/wirings.ts'

/** Commands that begin with one word; the first is what the word alone does. */
export interface AdminGroup {
  readonly name: string
  readonly about: string
  readonly commands: readonly [AdminCommand, ...AdminCommand[]]
}

/** Every command that is asked of a daemon through the table, as help lists them. */
export const adminGroups: readonly AdminGroup[] = [
  {
    name: 'agents',
    about: 'list the agents, make one, change one, remove one',
    commands: [agentsList, agentsShow, agentsCreate, agentsSet, agentsRemove],
  },
  {
    name: 'chats',
    about: 'list the chats, add one, change one, remove one',
    commands: [chatsList, chatsAdd, chatsSet, chatsRemove],
  },
  { name: 'wire', about: wire.about, commands: [wire] },
  { name: 'unwire', about: unwire.about, commands: [unwire] },
  { name: 'wirings', about: wirings.about, commands: [wirings] },
  {
    name: 'destinations',
    about: 'list whom agents may write to, allow it, forbid it',
    commands: [destinationsList, destinationsGrant, destinationsRevoke, destinationsRename],
  },
  {
    name: 'users',
    about: 'list who is known, make somebody known, give and take roles',
    commands: [usersList, usersAdd, usersGrant, usersRevoke, usersRemove],
  },
  {
    name: 'approvals',
    about: 'list what waits for a person’s decision, decide it',
    commands: [approvalsList, approvalsShow, approvalsApprove, approvalsReject],
  },
  {
    name: 'policies',
    about: 'list what becomes of what agents ask for, change it',
    commands: [policiesList, policiesSet],
  },
  { name: 'audit', about: audit.about, commands: [audit] },
  {
    name: 'sessions',
    about: 'list the conversations, show one, have one forgotten',
    commands: [sessionsList, sessionsShow, sessionsClear],
  },
]

/** Every command of the table. */
export const adminCommands: readonly AdminCommand[] = adminGroups.flatMap(
  ({ commands }) => commands,
)
