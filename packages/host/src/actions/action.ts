import type { SystemOutput } from '@nanoclaw/schema'

/** Something that a session's agent asks the host for. */
export interface AgentAction {
  /** The container's row. */
  readonly id: string
  /** Of the form of any action, and of nobody's trust. */
  readonly content: SystemOutput
  /** The inbound row that it follows from, as the container says. */
  readonly inReplyTo: string | null
}

/** What became of it; rejects for what another try may mend. */
export type ActionOutcome =
  /** Done, or put before a person; `result` says which, for the agent. */
  | { readonly outcome: 'done'; readonly result: string }
  | { readonly outcome: 'refused' | 'failed'; readonly reason: string }

/** How one session's actions are carried out; one may be asked for again, and is done once. */
export interface ActionWay {
  carryOut(action: AgentAction): Promise<ActionOutcome>
}
