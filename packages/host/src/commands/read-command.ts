import type { InboundEvent } from '@nanoclaw/adapters'
import type { Role } from '@nanoclaw/schema'

/** What people may tell the host, and from which role on. */
export const commandRoles = {
  help: 'member',
  status: 'member',
  stop: 'member',
  compact: 'admin',
  clear: 'admin',
} as const satisfies Record<string, Role>

/** One of {@link commandRoles}. */
export type Command = keyof typeof commandRoles

const typed = /^\s*\/(help|status|stop|compact|clear)(?:@(\S+))?\s*$/iu
const names: readonly Command[] = ['help', 'status', 'stop', 'compact', 'clear']

/** The command that an event is, if it is one: the whole text of a message, and meant for this bot. */
export function readCommand(event: InboundEvent): Command | undefined {
  if (event.type !== 'message') return undefined
  const [, name = '', addressee] = typed.exec(event.text) ?? []
  if (addressee !== undefined && event.addressed === 'none') return undefined
  return names.find((known) => known === name.toLowerCase())
}

const ranks: readonly Role[] = ['member', 'admin', 'owner']

/** Whether a role is enough for a command; null is a stranger's. */
export function mayCommand(role: Role | null, command: Command): boolean {
  return role !== null && ranks.indexOf(role) >= ranks.indexOf(commandRoles[command])
}
