import { textInput } from './text-input.ts'
import type { Tool } from './tool.ts'

const input = textInput(
  { name: 'Name of the new agent, as people see it' },
  { instructions: 'What it is for and how it is to work, as Markdown: its AGENTS.md' },
)

/** `create_agent {name, instructions?}`: another agent, which the one that asks can write to. */
export const createAgent: Tool<
  Readonly<Record<'name', string>> & Readonly<Partial<Record<'instructions', string>>>
> = {
  name: 'create_agent',
  description:
    'Has another agent made, with instructions of its own. Once it is there you can write to it as to any of your destinations, and it can write to you. A person may have to approve it first.',
  input,
  call: async (args, context) => {
    const became = await context.request('create_agent', args)
    switch (became.outcome) {
      case 'done':
        return { text: became.text, isError: false }
      case 'refused':
        return { text: `No agent was made: ${became.reason}`, isError: true }
      case 'waiting':
        return {
          text: 'Submitted. What becomes of it comes as a message; do not ask again.',
          isError: false,
        }
      default:
        return became satisfies never
    }
  },
}
