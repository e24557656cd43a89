import type { Destination } from '@nanoclaw/core'
import { z } from 'zod'
import { adminCommand, typed, wholeNumber } from '../command.ts'
import { findAgent } from '../names/find-agent.ts'
import { findChat } from '../names/find-chat.ts'
import { describeWirings } from './reports.ts'

const engageModes = ['always', 'mention', 'mention-sticky', 'pattern'] as const
const ignoredBecomes = ['drop', 'accumulate'] as const
const sessionModes = ['shared', 'per-thread', 'agent-shared'] as const

/** `wire` */
export const wire = adminCommand({
  name: 'wire',
  about: 'have an agent listen to a chat, and answer there',
  more: `
The chat gets into the agent's address book, too: the agent may write there. Several agents may listen
to one chat; each is asked. Again with other flags it changes what is wired. All that is: nanoclaw wirings.`,
  examples: [
    'nanoclaw wire ada kitchen',
    'nanoclaw wire ada telegram:-100123 --engage mention --session per-thread',
    "nanoclaw wire ada kitchen --engage pattern --pattern '(?i)^ada\\b' --ignored accumulate",
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
    {
      form: '--pattern <re>',
      about: 'for --engage pattern: a regular expression of RE2, found anywhere in the text',
    },
    {
      form: '--ignored <what>',
      about: 'what becomes of what it does not answer to (default: drop)',
      choices: ignoredBecomes,
    },
    { form: '--priority <n>', about: 'higher is asked first (default: 0)' },
    { form: '--local-name <name>', about: 'what the agent calls the chat (default: its name)' },
  ],
  kind: 'change',
  input: z.object({
    agent: typed,
    chat: typed,
    engage: z.enum(engageModes).optional(),
    pattern: typed.optional(),
    ignored: z.enum(ignoredBecomes).optional(),
    session: z.enum(sessionModes).optional(),
    priority: wholeNumber(-1_000, 1_000).optional(),
    localName: typed.optional(),
  }),
  async run({ core }, { agent, chat, engage, session, pattern, localName, ...others }) {
    const { id: agentGroupId } = await findAgent(core, agent)
    const { id: messagingGroupId } = await findChat(core, chat)
    const how = { engageMode: engage, sessionMode: session, engagePattern: pattern, ...others }
    const known = (await core.wirings.forChat(messagingGroupId)).find(
      (wiring) => wiring.agentGroupId === agentGroupId,
    )
    const isChanged = localName === undefined && Object.values(how).some((to) => to !== undefined)
    const wiring =
      known !== undefined && isChanged
        ? await core.wirings.update(known.id, how)
        : (await core.wirings.create({ agentGroupId, messagingGroupId, localName, ...how })).wiring
    const isHere = ({ target }: Destination): boolean =>
      target.type === 'channel' && target.messagingGroupId === messagingGroupId
    const name = (await core.destinations.list(agentGroupId)).find(isHere)?.localName
    return { wirings: await describeWirings(core, [wiring]), localName: name ?? null }
  },
  text: ({ wirings, localName }) =>
    wirings.map(({ agent, chat, engageMode }) => {
      const named = localName === null ? 'but may not write there' : `and calls it ${localName}`
      return `${agent} listens to ${chat} (${engageMode}), ${named}.`
    }),
})
