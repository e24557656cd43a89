import { z } from 'zod'
import { adminCommand, typed } from '../command.ts'
import { shellWord } from '../shell-word.ts'

const providers = ['scripted'] as const

/** `agents create` */
export const agentsCreate = adminCommand({
  name: 'agents create',
  about: 'make an agent',
  more: `
Makes an agent with a folder and an AGENTS.md of its own, which is yours to write. It is answered by
nobody before it is wired to a chat: nanoclaw wire.`,
  examples: [
    'nanoclaw agents create Ada',
    "nanoclaw agents create 'Ada Lovelace' --folder ada --admin",
  ],
  words: [{ name: 'name', about: 'as people see it' }],
  flags: [
    { form: '--folder <name>', about: 'its folder below agents/ (default: made from the name)' },
    {
      form: '--provider <name>',
      about: 'what answers for it (default: as configured)',
      choices: providers,
    },
    { form: '--admin', about: 'it may make other agents, where its policy lets it' },
  ],
  kind: 'change',
  input: z.object({
    name: typed,
    folder: typed.optional(),
    provider: z.enum(providers).optional(),
    admin: z.boolean().optional(),
  }),
  async run({ core, config }, { name, folder, provider = config.provider, admin: isAdmin }) {
    const { retentionDays, archive } = config
    const agent = await core.agents.create({
      ...{ name, folder, provider, isAdmin, retentionDays, archive },
    })
    const { instructions } = await core.agents.prepareFolder(agent)
    return { agent, instructions }
  },
  text: ({ agent: { name, folder, id, isAdmin }, instructions }) => [
    `Made ${name} (${id})${isAdmin ? ', an admin agent' : ''}.`,
    `What it is told about itself: ${instructions}`,
    `Next: nanoclaw wire ${shellWord(folder)} CHAT`,
  ],
})
