import { roleCommand } from './role-command.ts'

/** `users revoke` */
export const usersRevoke = roleCommand({
  name: 'users revoke',
  about: 'take a role from somebody',
  examples: [
    'nanoclaw users revoke telegram:4711 admin',
    'nanoclaw users revoke telegram:4712 member --agent ada',
  ],
  change: 'revokeRole',
})
