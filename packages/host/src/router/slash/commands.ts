import { clear } from './clear.ts'
import { compact } from './compact.ts'
import { help } from './help.ts'
import type { SlashCommand } from './slash-command.ts'
import { status } from './status.ts'
import { stop } from './stop.ts'

/** What people may say to the host about an agent, in the order of the list that `/help` shows. */
export const slashCommands: readonly SlashCommand[] = [help, status, stop, compact, clear]
