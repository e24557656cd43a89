import type { Agent, Core, Destination } from '@nanoclaw/core'
import { shellWord } from '../shell-word.ts'
import { pick } from './pick.ts'

/**
 * An entry of an agent's address book, by what the agent calls it.
 * @throws NanoclawError `not-found`.
 */
export async function findDestination(
  core: Pick<Core, 'destinations'>,
  { id, name, folder }: Agent,
  typed: string,
): Promise<Destination> {
  return pick(typed, await core.destinations.list(id), {
    what: `destination of ${name}`,
    names: [({ localName }) => [localName], ({ displayName }) => [displayName]],
    id: ({ localName }) => localName,
    list: `nanoclaw destinations ${shellWord(folder)}`,
    create: `nanoclaw destinations grant ${shellWord(folder)} TARGET`,
  })
}
