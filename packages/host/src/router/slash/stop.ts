import { forMembers, type SlashCommand } from './slash-command.ts'

/** `/stop`: ends the running turn; what waits behind it goes on. */
export const stop: SlashCommand = {
  name: 'stop',
  does: 'ends what it is doing; messages that wait come next',
  isAudited: true,
  ...forMembers,
  answer: ({ agent, standing: { due, isActive } }) => {
    if (due > 0 && isActive) return { text: `${agent} stops what it is doing.`, command: 'stop' }
    return { text: `${agent} is doing nothing that could be stopped.` }
  },
}
