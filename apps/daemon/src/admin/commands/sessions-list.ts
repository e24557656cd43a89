import { timestamp } from '@nanoclaw/schema'
import { z } from 'zod'
import { between, shortDuration } from '../../screen/durations.ts'
import { adminCommand, typed, wholeNumber } from '../command.ts'
import { findAgent } from '../names/find-agent.ts'
import { findChat } from '../names/find-chat.ts'
import { listLines } from '../screen.ts'
import { agentNames } from './reports.ts'

/** `sessions list` */
export const sessionsList = adminCommand({
  name: 'sessions list',
  about: 'list the conversations, the ones last active first',
  examples: ['nanoclaw sessions', 'nanoclaw sessions list --agent ada --limit 200 --json'],
  flags: [
    { form: '--agent <agent>', about: 'of this agent alone', is: 'agent' },
    { form: '--chat <chat>', about: 'of this chat alone', is: 'chat' },
    { form: '--limit <n>', about: 'how many (default: 50)' },
  ],
  input: z.object({
    agent: typed.optional(),
    chat: typed.optional(),
    limit: wholeNumber(1, 10_000).optional(),
  }),
  async run({ core }, { agent, chat, limit = 50 }) {
    const agentGroupId = agent === undefined ? undefined : (await findAgent(core, agent)).id
    const messagingGroupId = chat === undefined ? undefined : (await findChat(core, chat)).id
    const found = await core.sessions.list({ agentGroupId, messagingGroupId })
    const newest = found.toSorted((a, b) => lastOf(b).localeCompare(lastOf(a))).slice(0, limit)
    const agents = await agentNames(core)
    const chats = new Map((await core.chats.list()).map(({ id, name }) => [id, name]))
    const sessions = newest.map((session) => ({
      ...session,
      agent: agents.get(session.agentGroupId) ?? session.agentGroupId,
      chat: session.messagingGroupId && (chats.get(session.messagingGroupId) ?? null),
    }))
    return { sessions, total: found.length, at: timestamp(core.clock) }
  },
  text: ({ sessions, total, at }, screen) => [
    ...listLines(
      [
        { title: 'ID' },
        { title: 'AGENT', widest: 24 },
        { title: 'CHAT', widest: 24 },
        { title: 'STATUS' },
        { title: 'CONTAINER' },
        { title: 'ACTIVE', side: 'right', mayBeBelow: true },
      ],
      sessions.map(({ id, agent, chat, status, containerStatus, lastActive }) => [
        id,
        agent,
        chat ?? '',
        status,
        containerStatus,
        lastActive === null ? '' : `${shortDuration(between(lastActive, at) ?? 0)} ago`,
      ]),
      screen,
      'There is no conversation yet.',
    ),
    ...(total > sessions.length && screen.width !== undefined
      ? [`${total - sessions.length} more: --limit N`]
      : []),
  ],
})

function lastOf(session: { readonly lastActive: string | null; readonly createdAt: string }) {
  return session.lastActive ?? session.createdAt
}
