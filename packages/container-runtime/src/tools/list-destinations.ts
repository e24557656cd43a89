import { escapeAttribute } from '../prompt/escape.ts'
import { textInput } from './text-input.ts'
import type { Tool } from './tool.ts'

/** `list_destinations {}`: names on the first line, separated by commas; then what each is. */
export const listDestinations: Tool<Readonly<Record<never, string>>> = {
  name: 'list_destinations',
  description: 'Lists the names you can send messages to, as they are at this moment.',
  input: textInput({}),
  call: async (_args, context) => {
    const known = await context.destinations()
    if (known.length === 0) return { text: '\nYou have no destinations yet.', isError: false }
    const names = known.map((destination) => destination.name).join(', ')
    const details = known.map(
      ({ name, displayName, type }) =>
        `- ${escapeAttribute(name)}: ${type === 'agent' ? 'another agent' : 'a chat'}, "${escapeAttribute(displayName)}"`,
    )
    return { text: [names, ...details].join('\n'), isError: false }
  },
}
