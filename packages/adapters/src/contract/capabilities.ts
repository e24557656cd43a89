/** What one message of the platform may carry as buttons. */
export interface ButtonCapability {
  /** How many buttons one message may have. */
  readonly max: number
  /** How long a label may be, in UTF-16 code units. */
  readonly labelLength: number
}

/** What the platform takes as a file. */
export interface FileCapability {
  /** Largest file, in bytes. */
  readonly maxBytes: number
  /** Media types it takes, as `image/png` or `image/*`; left out: all. */
  readonly types?: readonly string[]
}

/**
 * What is true of this adapter and its platform. The host relies on each line, and what is missing
 * degrades visibly (buttons become numbered answers, a card its text). A capability claimed and
 * not kept fails the conformance suite.
 */
export interface ChannelCapabilities {
  /** `Origin.threadId` is honoured; when false the host always passes `null`. */
  readonly threads: boolean
  /** Takes `edit` parts. */
  readonly edits: boolean
  /** Takes `reaction` parts. */
  readonly reactions: boolean
  /** Takes `question` parts with this many buttons, or shows none. */
  readonly buttons: false | ButtonCapability
  /** Takes `card` parts. */
  readonly cards: boolean
  /** Has `typing()`. */
  readonly typing: boolean
  /** Takes `file` parts within these bounds, or none. */
  readonly files: false | FileCapability
  /** Longest text of one message, in UTF-16 code units. The host splits; the adapter never does. */
  readonly textLength: number
  /** What text is rendered as: `none` (shown as it is), `commonmark`, `gfm`, or a platform's own. */
  readonly markdown: string
  /**
   * `windowMs`: for so long after the first try, in milliseconds, a second `deliver` with the same
   * key has no second visible effect (`Infinity`: for ever). `none`: it would show twice.
   */
  readonly idempotency: 'none' | { readonly windowMs: number }
  /** Has `history()`. */
  readonly history: boolean
  /** Calls `deliveryUpdate` after a `queued`, when the platform reports what became of it. */
  readonly deliveryReceipts: boolean
}
