import * as z from 'zod'
import type { Tool } from './tool.ts'

const input = z.strictObject({
  to: z.string().describe('Name of one of your destinations'),
  text: z.string().trim().min(1, 'must not be empty').describe('The message, as Markdown'),
})

/** `send_message {to, text}`: sends at once, before the turn ends. */
export const sendMessage: Tool<typeof input> = {
  name: 'send_message',
  description:
    'Sends a message to one of your destinations at once, before your turn ends. What you send here must not stand in a <message> block again.',
  input,
  call: async ({ to, text }, context) => {
    const name = to.trim()
    const known = await context.destinations()
    if (!known.some((destination) => destination.name === name)) {
      const names = known.map((destination) => destination.name).join(', ')
      const help = names === '' ? 'You have no destinations yet.' : `Known destinations: ${names}.`
      return {
        text: `No destination is called ${JSON.stringify(name)}, so nothing was sent. ${help}`,
        isError: true,
      }
    }
    const { seq, repeated } = await context.send(name, text)
    return {
      text: repeated
        ? `This message had already been sent to ${name} as ${seq}; it was not sent again.`
        : `Sent to ${name} as ${seq}.`,
      isError: false,
    }
  },
}
