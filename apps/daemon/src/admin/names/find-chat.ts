import type { Chat, Core } from '@nanoclaw/core'
import { NanoclawError } from '@nanoclaw/schema'
import { shellWord } from '../shell-word.ts'
import { pick, type Lookup } from './pick.ts'
import { parsePlace, placeName } from './place-name.ts'

const chats: Lookup<Chat> = {
  what: 'chat',
  names: [({ id }) => [id], (chat) => [placeName(chat)], ({ name }) => [name]],
  id: (chat) => placeName(chat),
  list: 'nanoclaw chats',
  create: 'nanoclaw chats add CHANNEL:ID',
}

/**
 * A chat by its id, its place (`telegram:4711`) or its name.
 * @throws NanoclawError `not-found`, `bad-option` where several are called so.
 */
export async function findChat(core: Pick<Core, 'chats'>, typed: string): Promise<Chat> {
  const all = await core.chats.list()
  try {
    return pick(typed, all, chats)
  } catch (error) {
    const place = parsePlace(typed)
    if (!(error instanceof NanoclawError) || error.code !== 'not-found') throw error
    if (place === undefined) throw error
    const advice = `if it is a new one: nanoclaw chats add ${shellWord(placeName(place))}`
    throw new NanoclawError('not-found', `${error.message}; ${advice}`, { cause: error })
  }
}
