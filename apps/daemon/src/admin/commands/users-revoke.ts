import { z } from 'zod'
import { adminCommand, typed } from '../command.ts'
import { findUser } from '../names/find-user.ts'
import {
  describePeople,
  idOfAgent,
  ofAgentFlag,
  peopleLines,
  role,
  roleWord,
} from './people-reports.ts'

/** `users revoke` */
export const usersRevoke = adminCommand({
  name: 'users revoke',
  about: 'take a role from somebody',
  examples: [
    'nanoclaw users revoke telegram:4711 admin',
    'nanoclaw users revoke telegram:4712 member --agent ada',
  ],
  words: [{ name: 'user', about: 'such as telegram:4711', is: 'user' }, roleWord],
  flags: [ofAgentFlag],
  kind: 'change',
  input: z.object({ user: typed, role, agent: typed.optional() }),
  async run({ core }, { user: name, role: given, agent }) {
    const { user } = await findUser(core, name)
    const agentGroupId = await idOfAgent(core, agent)
    const person = await core.people.revokeRole(user.id, { role: given, agentGroupId })
    return { people: await describePeople(core, [person]) }
  },
  text: ({ people }) => peopleLines(people),
})
