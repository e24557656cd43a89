import { z } from 'zod'
import { adminCommand, typed, wholeNumber } from '../command.ts'
import { findAgent } from '../names/find-agent.ts'
import { findChat } from '../names/find-chat.ts'
import { describeWirings } from './reports.ts'

const engageModes = ['always', 'mention'] as const
const sessionModes = ['shared', 'per-thread', 'agent-shared'] as const

/** `wire` */
export const wire = adminCommand({
  name: 'wire',
  about: 'have an agent listen to a chat, and answer there',
  more: `
The chat gets into the agent's address book, too: the agent may write there. Several agents may listen
to one chat; each is asked. What is wired: nanoclaw wirings.`,
  examples: [
    'nanoclaw wire ada kitchen',
    'nanoclaw wire ada telegram:-100123 --engage mention --session per-thread',
  ],
  words: [
    { name: 'agent', about: 'its name, folder or id', is: 'agent' },
    { name: 'chat', about: 'its name, place or id', is: 'chat' },
  ],
  flags: [
    {
      form: '--engage <mode>',
      about: 'what it answers to (default: always)',
      choices: engageModes,
    },
    {
      form: '--session <mode>',
      about: 'what makes one conversation (default: shared)',
      choices: sessionModes,
    },
    { form: '--priority <n>', about: 'higher is asked first (default: 0)' },
    { form: '--local-name <name>', about: 'what the agent calls the chat (default: its name)' },
  ],
  kind: 'change',
  input: z.object({
    agent: typed,
    chat: typed,
    engage: z.enum(engageModes).optional(),
    session: z.enum(sessionModes).optional(),
    priority: wholeNumber(-1_000, 1_000).optional(),
    localName: typed.optional(),
  }),
  async run({ core }, { agent, chat, engage, session, priority, localName }) {
    const [{ id: agentGroupId }, { id: messagingGroupId }] = [
      await findAgent(core, agent),
      await findChat(core, chat),
    ]
    const { wiring, destination } = await core.wirings.create({
      ...{ agentGroupId, messagingGroupId, priority, localName },
      engageMode: engage,
      sessionMode: session,
    })
    const wirings = await describeWirings(core, [wiring])
    return { wirings, localName: destination.localName }
  },
  text: ({ wirings, localName }) =>
    wirings.map(
      ({ agent, chat, engageMode }) =>
        `${agent} listens to ${chat} (${engageMode}), and calls it ${localName}.`,
    ),
})
