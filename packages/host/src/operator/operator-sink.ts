import type { Incident } from '@nanoclaw/core'

/** What the operator is told: one incident, or several that have come together. */
export interface OperatorNotice {
  /**
   * The same whenever the same is told again, as after a crash between telling and noting it down:
   * the incident's id, or for several a text made of theirs. After such a crash several may be told
   * with others that have come since, or one by one: under other keys then.
   */
  readonly key: string
  /** Of the home that tells. */
  readonly installId: string
  /** For people: plain text, a few lines. */
  readonly text: string
  /** At least one, at most 100; of their texts each is one line of bounded length. */
  readonly incidents: readonly Incident[]
  /** How many it is about, at most 1,000; those that `incidents` leaves out are in the operator's list. */
  readonly total: number
}

/** A way to the operator. */
export interface OperatorSink {
  /** For people, in the log and in the status; without secrets. */
  readonly name: string
  /**
   * Resolves when the notice has been taken: it is not told again then. Rejects, or is late, when it
   * has not: the next sink is asked. `signal` aborts when nobody waits for it any more.
   */
  tell(notice: OperatorNotice, signal: AbortSignal): Promise<void>
}

/** A chat in which the operator is told, through the host's own adapters. */
export interface OperatorPlace {
  readonly place: {
    readonly channelType: string
    /** Default `''`: the only one of its type. */
    readonly instance?: string | undefined
    /** The platform's id of the chat. */
    readonly chatId: string
    /** Default: none. */
    readonly threadId?: string | null | undefined
  }
}

/** How a way to the operator does. */
export interface OperatorSinkStatus {
  readonly name: string
  /** Since when it takes nothing, ISO-8601 UTC; left out while it works, or was not asked yet. */
  readonly failingSince?: string | undefined
  /** Why it took nothing the last time. */
  readonly why?: string | undefined
}

/** How telling the operator does; from memory. */
export interface OperatorStatus {
  /** Incidents that nobody has taken, as of the last look. */
  readonly untold: number
  /** In the order in which they are asked; empty: nobody is told. */
  readonly sinks: readonly OperatorSinkStatus[]
}
