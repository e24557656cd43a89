import { z } from 'zod'
import { adminCommand, typed } from '../command.ts'
import { findUser } from '../names/find-user.ts'
import {
  aboutRoles,
  describePeople,
  idOfAgent,
  ofAgentFlag,
  peopleLines,
  role,
  roleWord,
} from './people-reports.ts'

/** `users grant` */
export const usersGrant = adminCommand({
  name: 'users grant',
  about: 'give somebody a role: owner, admin or member',
  more: aboutRoles,
  examples: [
    'nanoclaw users grant telegram:4711 admin',
    'nanoclaw users grant telegram:4712 member --agent ada',
  ],
  words: [{ name: 'user', about: 'such as telegram:4711', is: 'user' }, roleWord],
  flags: [ofAgentFlag],
  kind: 'change',
  input: z.object({ user: typed, role, agent: typed.optional() }),
  async run({ core }, { user: name, role: given, agent }) {
    const { user } = await findUser(core, name)
    const agentGroupId = await idOfAgent(core, agent)
    const person = await core.people.grantRole(user.id, { role: given, agentGroupId })
    return { people: await describePeople(core, [person]) }
  },
  text: ({ people }) => peopleLines(people),
})
