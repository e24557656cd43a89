import { NanoclawError } from '@nanoclaw/schema'
import { z } from 'zod'
import { adminCommand, typed } from '../command.ts'
import { findUser, readUser } from '../names/find-user.ts'
import {
  aboutRoles,
  describePeople,
  idOfAgent,
  ofAgentFlag,
  peopleLines,
  role,
  roleFlag,
} from './people-reports.ts'

/** `users add` */
export const usersAdd = adminCommand({
  name: 'users add',
  about: 'make somebody known, by channel and the platform’s own id of them',
  more: `${aboutRoles}
Who is known already stays as they are, and gets the role.`,
  examples: [
    'nanoclaw users add telegram:4711 --name Ann --role admin',
    'nanoclaw users add slack:U42 --same-as telegram:4711',
    'nanoclaw users add telegram:4712 --role member --agent ada',
  ],
  words: [{ name: 'user', about: 'such as telegram:4711: the sender’s id, not a name' }],
  flags: [
    { form: '--name <name>', about: 'as people see it (default: the platform’s id)' },
    { form: '--same-as <user>', about: 'another account of somebody who is known', is: 'user' },
    roleFlag,
    ofAgentFlag,
  ],
  kind: 'change',
  input: z.object({
    user: typed,
    name: typed.optional(),
    sameAs: typed.optional(),
    role: role.optional(),
    agent: typed.optional(),
  }),
  async run({ core }, { user, name, sameAs, role: given, agent }) {
    if (given === undefined && agent !== undefined) {
      throw new NanoclawError('bad-option', 'expected a --role for the --agent')
    }
    const personId = sameAs === undefined ? undefined : (await findUser(core, sameAs)).person.id
    const person = await core.people.add({
      ...readUser(user),
      personId,
      name,
      role: given && { role: given, agentGroupId: await idOfAgent(core, agent) },
    })
    return { people: await describePeople(core, [person]) }
  },
  text: ({ people }) => peopleLines(people),
})
