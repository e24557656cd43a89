import type { Core } from '@nanoclaw/core'
import { NanoclawError, type Place } from '@nanoclaw/schema'

/**
 * The place of one more conversation in the terminal: an instance of it, named after the chat.
 * @throws NanoclawError `bad-option` without a name, `taken` where it is there.
 */
export async function terminalRoom(
  core: Pick<Core, 'chats' | 'normalizeName'>,
  name: string | undefined,
): Promise<Place> {
  if (name === undefined) {
    throw new NanoclawError(
      'bad-option',
      'expected a name for one more conversation: nanoclaw chats add terminal --name NAME',
    )
  }
  const place = {
    channelType: 'terminal',
    channelInstance: core.normalizeName(name),
    platformId: 'terminal',
  }
  if ((await core.chats.find(place)) === undefined) return place
  throw new NanoclawError('taken', `there is a conversation ${place.channelInstance} already`)
}
