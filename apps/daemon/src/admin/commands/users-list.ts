import { z } from 'zod'
import { adminCommand } from '../command.ts'
import { listLines } from '../screen.ts'
import { describePeople, rolesText } from './people-reports.ts'

/** `users list` */
export const usersList = adminCommand({
  name: 'users list',
  about: 'list who is known, with what they may',
  examples: ['nanoclaw users', 'nanoclaw users list --json'],
  input: z.object({}),
  run: async ({ core }) => ({ people: await describePeople(core, await core.people.list()) }),
  text: ({ people }, screen) =>
    listLines(
      [{ title: 'USER', widest: 40 }, { title: 'NAME', widest: 24 }, { title: 'ROLES' }],
      people.flatMap((person) =>
        person.users.map(({ id }) => [id, person.name, rolesText(person)]),
      ),
      screen,
      'Nobody is known yet; make somebody so: nanoclaw users add CHANNEL:HANDLE --role member',
    ),
})
