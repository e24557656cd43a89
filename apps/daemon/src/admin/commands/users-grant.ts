import { aboutRoles } from './people-reports.ts'
import { roleCommand } from './role-command.ts'

/** `users grant` */
export const usersGrant = roleCommand({
  name: 'users grant',
  about: 'give somebody a role: owner, admin or member',
  more: aboutRoles,
  examples: [
    'nanoclaw users grant telegram:4711 admin',
    'nanoclaw users grant telegram:4712 member --agent ada',
  ],
  change: 'grantRole',
})
