import type { InboundEvent } from '@nanoclaw/adapters'
import { slashCommands } from './commands.ts'
import type { SlashCommand } from './slash-command.ts'

/** A command as it was said. */
export interface SlashWords {
  readonly command: SlashCommand
  /** The agent that it names. */
  readonly agent: string | undefined
}

/** No command with the name of an agent is as long. */
const longest = 300
const form = /^\/([a-z]+)(?:@(\S+))?(?:\s+(.+))?$/is

/**
 * Reads a message, or what one has been edited to, that is a command and nothing else: undefined for
 * all others. One that is said to another bot (`/stop@other_bot`, while this one was not spoken to) is
 * not ours.
 */
export function readSlash(event: InboundEvent): SlashWords | undefined {
  if (event.type !== 'message' && event.type !== 'edit') return undefined
  const { text, addressed, attachments } = event
  if (text.length > longest || attachments.length > 0) return undefined
  const [, word = '', bot, agent] = form.exec(text.trim()) ?? []
  if (bot !== undefined && addressed === 'none') return undefined
  const command = slashCommands.find(({ name }) => name === word.toLowerCase())
  return command && { command, agent }
}
