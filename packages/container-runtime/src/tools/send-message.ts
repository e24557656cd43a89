import { textInput } from './text-input.ts'
import type { Tool } from './tool.ts'

const input = textInput({
  to: 'Name of one of your destinations',
  text: 'The message, as Markdown',
})

/** `send_message {to, text}`: sends at once, before the turn ends. */
export const sendMessage: Tool<Readonly<Record<'to' | 'text', string>>> = {
  name: 'send_message',
  description:
    'Sends a message to one of your destinations at once, before your turn ends. What you send here must not stand in a <message> block again.',
  input,
  call: async ({ to: name, text }, context) => {
    if (!(await context.isKnown(name))) {
      const known = await context.destinations()
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
