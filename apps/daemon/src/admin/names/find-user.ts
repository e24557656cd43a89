import type { Core, KnownPerson, User } from '@nanoclaw/core'
import { NanoclawError, parseUserId, userId, type Account } from '@nanoclaw/schema'
import { plainLine } from '../../screen/text.ts'
import { shellWord } from '../shell-word.ts'
import { pick } from './pick.ts'

/** A user, and whose account it is. */
export interface FoundUser {
  readonly user: User
  readonly person: KnownPerson
}

/**
 * A user by `<channel>:<handle>`, or by the name of a person who has one account.
 * @throws NanoclawError `not-found`, `bad-option` where several are called so.
 */
export async function findUser(core: Pick<Core, 'people'>, typed: string): Promise<FoundUser> {
  const all = (await core.people.list()).flatMap((person) =>
    person.users.map((user) => ({ person, user })),
  )
  const account = parseUserId(typed)
  const id = account === undefined ? typed : userId(account)
  const again = account === undefined ? 'CHANNEL:HANDLE' : shellWord(id)
  return pick(id, all, {
    what: 'user',
    names: [({ user }) => [user.id], ({ person }) => [person.name]],
    id: ({ user }) => user.id,
    list: 'nanoclaw users',
    create: `nanoclaw users add ${again}`,
  })
}

/**
 * The account that a person means, known or not.
 * @throws NanoclawError `bad-option`.
 */
export function readUser(typed: string): Account {
  const account = parseUserId(typed)
  if (account !== undefined) return account
  const message = `expected somebody as CHANNEL:HANDLE, such as telegram:4711, got "${plainLine(typed)}"`
  throw new NanoclawError('bad-option', message)
}
