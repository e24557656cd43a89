/** What came of the messages. */
interface Counts {
  readonly handedOver: number
  readonly answered: number
  /** Neither answered nor failed with a notice in the chat. */
  readonly lost: number
  /** Shown again without a mark in the ledger. */
  readonly doubled: number
  /** Shown again with one. */
  readonly ambiguous: number
  readonly effectsRepeated: number
}

/** Something that must not be, and the message it is about. */
export interface Violation {
  readonly kind: string
  readonly detail: string
  readonly message?: number
}

/** What a run came to. */
export interface Verdict extends Counts {
  /** Given up, with a notice in the chat. */
  readonly failed: number
  /** Rows in doubt that were shown once all the same. */
  readonly marked: number
  readonly violations: readonly Violation[]
}
