import { z } from 'zod'
import { adminCommand, typed } from '../command.ts'
import { findSession } from '../names/find-session.ts'
import { placeName } from '../names/place-name.ts'
import { factLines } from '../screen.ts'
import { agentNames } from './reports.ts'

/** `sessions show` */
export const sessionsShow = adminCommand({
  name: 'sessions show',
  about: 'show a conversation: whose it is, whom its agent has heard in it',
  examples: ['nanoclaw sessions show sess-0198bf11-…'],
  words: [{ name: 'session', about: 'its id' }],
  input: z.object({ session: typed }),
  async run({ core }, { session: id }) {
    const session = await findSession(core, id)
    const { agentGroupId, messagingGroupId } = session
    const chat = messagingGroupId === null ? undefined : await core.chats.get(messagingGroupId)
    const heard = await Promise.all(
      (await core.heard.list(session.id)).map(async (one) => {
        const isMember = await core.people.isMember(agentGroupId, one.userId)
        return { ...one, at: placeName(one.place), isMember }
      }),
    )
    const agent = (await agentNames(core)).get(agentGroupId) ?? agentGroupId
    const folder = core.layout.session(agentGroupId, session.id).root
    return { session, agent, chat: chat ?? null, heard, folder }
  },
  text: ({ session, agent, chat, heard, folder }) => {
    const { id, status, containerStatus, epoch, threadId, lastActive, createdAt } = session
    return factLines([
      ['Conversation', id],
      ['Agent', agent],
      ['Chat', chat === null ? '-' : `${chat.name} (${placeName(chat)})`],
      ['Thread', threadId ?? '-'],
      ['State', status],
      ['Container', `${containerStatus}, start ${epoch}`],
      ['Since', createdAt],
      ['Active', lastActive ?? 'never'],
      ['Folder', folder],
      ...heard.map(({ userId, at, isMember }) => {
        const who = `${userId === '' ? 'nobody by name' : userId} in ${at}`
        return ['Has heard', isMember ? who : `${who} (a stranger)`] as const
      }),
    ])
  },
})
