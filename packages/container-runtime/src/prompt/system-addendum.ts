import { escapeAttribute } from './escape.ts'

/** What the addendum says about one destination. */
export interface AddendumDestination {
  readonly name: string
  readonly displayName: string
  readonly type: string
}

/** What the addendum is made of. */
export interface AddendumInput {
  readonly assistantName: string
  readonly destinations: readonly AddendumDestination[]
}

const syntax = `To send a message, write a block:

<message to="name">text</message>

The text between the tags is sent as you write it. Several blocks send several messages. \`reply_to="12"\` in the opening tag answers the message with id 12. Text outside of blocks is a scratchpad that nobody reads; \`<internal>…</internal>\` marks such text on purpose and is removed wherever it stands. The tool \`send_message\` sends at once, before your turn ends; do not send the same thing both ways.`

function describe(destination: AddendumDestination): string {
  const kind = destination.type === 'agent' ? 'another agent' : 'a chat'
  return `- \`${escapeAttribute(destination.name)}\`: ${kind}, "${escapeAttribute(destination.displayName)}"`
}

/**
 * What is appended to the model's system prompt (session protocol §6): who it is, whom it can
 * write to, and how. Display names come from outside and are escaped.
 */
export function systemAddendum(input: AddendumInput): string {
  const name = `Your name is ${escapeAttribute(input.assistantName)}.`
  if (input.destinations.length === 0) {
    return `${name}\n\nYou have no destinations yet: nothing you write can be sent to anybody. When you are given one, you will be told its name here.`
  }
  const list = input.destinations.map(describe).join('\n')
  return `${name}\n\nYour destinations (name: what it is):\n${list}\n\n${syntax}`
}
