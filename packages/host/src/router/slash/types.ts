import type { HandOverResult, InboundEvent } from '@nanoclaw/adapters'
import type { NewInbound, Wiring } from '@nanoclaw/core'

/** Who has said a command, where. */
export interface SlashSaid {
  readonly event: InboundEvent
  readonly user: string
  /** What it would be for an agent. */
  readonly row: Pick<NewInbound, 'origin' | 'dedupeKey'>
}

/** A command, and whom it is for. */
export interface SlashRequest {
  readonly wirings: readonly Wiring[]
  /** Carries it out for one agent, once, and answers in the chat; durable when it resolves. */
  obey(wiring: Wiring, said: SlashSaid): Promise<HandOverResult>
}

/** Commands of people to the host, which no agent reads. */
export interface Slash {
  /**
   * What an event commands, in a chat with these wirings, and of which agents: of the one that it names;
   * of the only one; of those that it engages. Undefined: it is no command, but for agents.
   */
  read(
    event: InboundEvent,
    wirings: readonly Wiring[],
    engages: (wiring: Wiring) => Promise<boolean>,
  ): Promise<SlashRequest | undefined>
}
