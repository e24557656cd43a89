import * as z from 'zod'
import { escapeAttribute } from '../prompt/escape.ts'
import type { Tool } from './tool.ts'

const input = z.strictObject({})

/** `list_destinations {}`: names on the first line, separated by commas; then what each is. */
export const listDestinations: Tool<typeof input> = {
  name: 'list_destinations',
  description: 'Lists the names you can send messages to, as they are at this moment.',
  input,
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
