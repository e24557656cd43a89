import type { SlashCommand } from './slash-command.ts'

/**
 * `/clear`: the conversation begins anew. What one begins for others, too, admins decide; with whom
 * nobody else speaks may decide for themselves.
 */
export const clear: SlashCommand = {
  name: 'clear',
  does: 'begins the conversation anew; it forgets this one',
  isAudited: true,
  who: (agent) => `admins of ${agent}, and members in a conversation that is theirs alone,`,
  mayUse: ({ role, isOwnChat }) =>
    role === 'owner' || role === 'admin' || (role === 'member' && isOwnChat),
  answer: ({ agent }) => ({
    text: `The conversation with ${agent} begins anew; it remembers nothing of what was said here before.`,
    clears: true,
  }),
}
