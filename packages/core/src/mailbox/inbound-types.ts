import type { InboundKind, Origin } from '@nanoclaw/schema'

/** A row to be appended for the agent. */
export interface NewInbound {
  /** An `in-` id of the caller's, whose files lie in the inbox already. Default: a new one. */
  readonly id?: string | undefined
  readonly kind: InboundKind
  /** Of that kind's form (session protocol §5); it is checked again here. */
  readonly content: unknown
  /** Where it came from, or null for what came from no place (tasks, system rows). */
  readonly origin: Origin | null
  readonly platformMessageId?: string | undefined
  /** The same key twice makes one row. */
  readonly dedupeKey?: string | undefined
  /** Not before this moment (ISO-8601 UTC). */
  readonly processAfter?: string | undefined
  /** False: context for the next turn, wakes nobody. Default true. */
  readonly trigger?: boolean | undefined
  readonly onWake?: boolean | undefined
  readonly sourceSessionId?: string | undefined
  readonly hops?: number | undefined
}

/** What became of an append: a new row, or the row that the same key made before. */
export interface Appended {
  readonly outcome: 'accepted' | 'duplicate'
  readonly id: string
  readonly seq: number
}

/** An inbound row that has not ended. */
export interface PendingRow {
  readonly id: string
  readonly seq: number
  readonly kind: string
  readonly origin: Origin | null
  readonly processAfter: string | null
  readonly trigger: boolean
  readonly tries: number
}
