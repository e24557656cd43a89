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

/** A command that gives somebody a role, or takes it. */
export function roleCommand(options: {
  readonly name: string
  readonly about: string
  readonly more?: string
  readonly examples: readonly string[]
  readonly change: 'grantRole' | 'revokeRole'
}) {
  const { change, ...texts } = options
  return adminCommand({
    ...texts,
    words: [{ name: 'user', about: 'such as telegram:4711', is: 'user' }, roleWord],
    flags: [ofAgentFlag],
    kind: 'change',
    input: z.object({ user: typed, role, agent: typed.optional() }),
    async run({ core }, { user: name, role: given, agent }) {
      const { user } = await findUser(core, name)
      const agentGroupId = await idOfAgent(core, agent)
      const person = await core.people[change](user.id, { role: given, agentGroupId })
      return { people: await describePeople(core, [person]) }
    },
    text: ({ people }) => peopleLines(people),
  })
}
