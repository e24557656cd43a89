import type { Role } from '@nanoclaw/schema'
import type { SessionStanding } from '../../session/session-standing.ts'
import { forAll, type SlashCommand } from './slash-command.ts'

const known: Readonly<Record<Role, string>> = {
  owner: 'an owner',
  admin: 'an admin',
  member: 'a member',
}

function messages(count: number): string {
  return count === 1 ? '1 message' : `${count} messages`
}

function workOf({ isHeld, isActive, isRunning, due }: SessionStanding): string {
  if (isHeld) {
    const waiting = due === 0 ? '' : ` ${messages(due)} not answered.`
    return `It is held until whoever runs this has looked at it.${waiting}`
  }
  if (due === 0) return 'Nothing is under way.'
  if (isRunning) return `It is at work; ${messages(due)} not answered yet.`
  return `${messages(due)} not answered yet; it ${isActive ? 'is about to start' : 'does not run'}.`
}

/** `/status`: who one is to the agent, what runs and what waits. */
export const status: SlashCommand = {
  name: 'status',
  does: 'says who you are to it, what it does and what waits',
  isAudited: false,
  ...forAll,
  answer: ({ agent, role, standing }) => {
    const who = role === null ? `${agent} does not know you` : `To ${agent} you are ${known[role]}`
    const sending = standing.isSending ? ['Not all that it has said has gone out yet.'] : []
    return { text: [`${who}.`, workOf(standing), ...sending].join('\n') }
  },
}
