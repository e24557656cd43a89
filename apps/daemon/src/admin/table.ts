import type { AdminCommand } from './command.ts'
import { agentsCreate } from './commands/agents-create.ts'
import { agentsList } from './commands/agents-list.ts'
import { agentsSet } from './commands/agents-set.ts'
import { agentsShow } from './commands/agents-show.ts'
import { chatsAdd } from './commands/chats-add.ts'
import { chatsList } from './commands/chats-list.ts'
import { destinationsGrant } from './commands/destinations-grant.ts'
import { destinationsList } from './commands/destinations-list.ts'
import { destinationsRename } from './commands/destinations-rename.ts'
import { destinationsRevoke } from './commands/destinations-revoke.ts'
import { sessionsList } from './commands/sessions-list.ts'
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
    about: 'list the agents, make one, change one',
    commands: [agentsList, agentsShow, agentsCreate, agentsSet],
  },
  { name: 'chats', about: 'list the chats, add one', commands: [chatsList, chatsAdd] },
  { name: 'wire', about: wire.about, commands: [wire] },
  { name: 'wirings', about: wirings.about, commands: [wirings] },
  {
    name: 'destinations',
    about: 'list whom agents may write to, allow it, forbid it',
    commands: [destinationsList, destinationsGrant, destinationsRevoke, destinationsRename],
  },
  { name: 'sessions', about: 'list the conversations', commands: [sessionsList] },
]

/** Every command of the table. */
export const adminCommands: readonly AdminCommand[] = adminGroups.flatMap(
  ({ commands }) => commands,
)
