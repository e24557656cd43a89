import { forMembers, type SlashCommand } from './slash-command.ts'

/** `/compact`: the model is asked to remember the conversation in fewer words. */
export const compact: SlashCommand = {
  name: 'compact',
  does: 'asks it to remember the conversation in fewer words, if its model can',
  isAudited: false,
  ...forMembers,
  answer: ({ agent }) => ({
    text: `${agent} is asked to remember this conversation in fewer words; it does if its model can.`,
    command: 'compact',
  }),
}
