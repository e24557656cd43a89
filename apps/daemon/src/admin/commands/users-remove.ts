import { z } from 'zod'
import { adminCommand, typed } from '../command.ts'
import { findUser } from '../names/find-user.ts'

/** `users remove` */
export const usersRemove = adminCommand({
  name: 'users remove',
  about: 'know an account no more; its person goes with the last one, and all roles',
  more: `
What they have written stays: nanoclaw forget removes that.`,
  examples: ['nanoclaw users remove telegram:4711', 'nanoclaw users remove telegram:4711 --yes'],
  words: [{ name: 'user', about: 'such as telegram:4711', is: 'user' }],
  kind: 'grave',
  input: z.object({ user: typed }),
  async ask({ core }, { user: name }) {
    const { user, person } = await findUser(core, name)
    const isLast = person.users.length === 1
    return [
      isLast
        ? `${user.id} is known no more, nor ${person.name}, with all roles.`
        : `${user.id} is known no more; ${person.name} stays.`,
    ]
  },
  async run({ core }, { user: name }) {
    const { user } = await findUser(core, name)
    await core.people.remove(user.id)
    return { removed: user.id }
  },
  text: ({ removed }) => [`${removed} is known no more.`],
})
