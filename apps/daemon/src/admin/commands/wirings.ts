import { z } from 'zod'
import { adminCommand } from '../command.ts'
import { listLines } from '../screen.ts'
import { describeWirings } from './reports.ts'

/** `wirings` */
export const wirings = adminCommand({
  name: 'wirings',
  about: 'list which agents listen to which chats',
  examples: ['nanoclaw wirings', 'nanoclaw wirings --json'],
  input: z.object({}),
  run: async ({ core }) => ({ wirings: await describeWirings(core, await core.wirings.list()) }),
  text: ({ wirings: all }, screen) =>
    listLines(
      [
        { title: 'AGENT', widest: 24 },
        { title: 'CHAT', widest: 24 },
        { title: 'ENGAGES' },
        { title: 'SESSION' },
        { title: 'PRIORITY', side: 'right', mayBeBelow: true },
      ],
      all.map(({ agent, chat, engageMode, sessionMode, priority }) => [
        agent,
        chat,
        engageMode,
        sessionMode,
        `${priority}`,
      ]),
      screen,
      'No agent listens to any chat; have one do: nanoclaw wire AGENT CHAT',
    ),
})
