import { NanoclawError } from '@nanoclaw/schema'
import { z } from 'zod'
import { adminCommand, typed } from '../command.ts'
import { findSession } from '../names/find-session.ts'

/** `sessions clear` */
export const sessionsClear = adminCommand({
  name: 'sessions clear',
  about: 'have an agent forget a conversation, and whom it has heard in it',
  more: `
Its container is ended and begins anew, as by /clear in the chat. The messages are kept: nanoclaw trace
still shows them.`,
  examples: ['nanoclaw sessions clear sess-0198bf11-…', 'nanoclaw sessions clear ID --yes'],
  words: [{ name: 'session', about: 'its id' }],
  kind: 'grave',
  needsDaemon: true,
  input: z.object({ session: typed }),
  async ask({ core }, { session }) {
    const { id } = await findSession(core, session)
    return [`What the agent of ${id} remembers of it is gone for good.`]
  },
  async run({ core, host }, { session }) {
    const { id } = await findSession(core, session)
    const isCleared = await host?.clear(id)
    if (isCleared === true) return { cleared: id }
    throw new NanoclawError('bad-state', `the conversation ${id} cannot be cleared`)
  },
  text: ({ cleared }) => [`Cleared ${cleared}.`],
})
