import type { Role } from '@nanoclaw/schema'
import type { SessionStanding } from '../../session/session-standing.ts'

/** Who has said a command to an agent, and where. */
export interface SlashCaller {
  /** Of this agent; null for a stranger. */
  readonly role: Role | null
  /** They are alone with the bot there, and nobody else has part in the conversation. */
  readonly isOwnChat: boolean
}

/** A command that somebody may say, and what answers it. */
export interface SlashCall extends SlashCaller {
  /** The agent's name. */
  readonly agent: string
  /** Several agents listen in this chat. */
  readonly isOneOfSeveral: boolean
  readonly standing: SessionStanding
  /** All that there are. */
  readonly commands: readonly SlashCommand[]
}

/** What becomes of a command. */
export interface SlashAnswer {
  /** The host's own words, in the chat. */
  readonly text: string
  /** What the agent's runner is told. */
  readonly command?: 'stop' | 'compact' | undefined
  /** The conversation is to begin anew. */
  readonly clears?: true | undefined
}

/** One command: what people say to the host about an agent, and what the agent never reads. */
export interface SlashCommand {
  /** Without the slash, in lower case. */
  readonly name: string
  /** What it does, for the list. */
  readonly does: string
  /** It changes what the agent does, and stands in the audit log. */
  readonly isAudited: boolean
  /** Who may say it, as a subject: `members of Ada`. */
  who(agent: string): string
  mayUse(caller: SlashCaller): boolean
  answer(call: SlashCall): SlashAnswer
}

/** Of commands that everybody may use who may write there. */
export const forAll: Pick<SlashCommand, 'who' | 'mayUse'> = {
  who: () => 'whoever writes here',
  mayUse: () => true,
}

/** Of commands for members of the agent. */
export const forMembers: Pick<SlashCommand, 'who' | 'mayUse'> = {
  who: (agent) => `members of ${agent}`,
  mayUse: ({ role }) => role !== null,
}
