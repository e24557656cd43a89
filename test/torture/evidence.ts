import type { MessageKind } from './messages.ts'
import type { Post } from './platform/world.ts'

/** A message that a person wrote and the daemon has confirmed: its answer is owed. */
export interface HandedOver {
  readonly number: number
  readonly kind: MessageKind
  readonly room: string
  /** The platform's id of it. */
  readonly id: string
  readonly tokens: readonly string[]
  readonly early: readonly string[]
  readonly effect: string | undefined
}

/** A row of `messages_in`. */
export interface InboundRow {
  readonly id: string
  readonly seq: number
  readonly status: string
  readonly tries: number
  /** The turn that it was in last; null: it was in none. */
  readonly turnId: string | null
  /** How often that turn has been claimed. */
  readonly claims: number
  readonly platformMessageId: string | null
}

/** One platform message of a row of `delivered`. */
export interface LedgerPart {
  readonly key: string
  readonly rowId: string
  readonly session: string
  readonly seq: number
  readonly part: number
  readonly room: string | null
  readonly text: string
  /** Of the row. */
  readonly status: string
  /** Of the part where the row has several, else of the row. */
  readonly ambiguousCount: number
  readonly inReplyTo: string | null
  /** Whether the row has been sent as more than one. */
  readonly isSplit: boolean
}

/** The host's own words in a chat. */
export interface ChatWords {
  readonly unanswered: string
  readonly recovered: string
}

/** All that a verdict is found from: the platform's own record, and the databases for marks. */
export interface Evidence {
  readonly messages: readonly HandedOver[]
  /** In the order in which they were shown. */
  readonly posts: readonly Post[]
  readonly inbound: readonly InboundRow[]
  /** Every platform message that a row may have been sent as. */
  readonly ledger: readonly LedgerPart[]
  /** Lines in each file of an effect. */
  readonly effects: ReadonlyMap<string, number>
  readonly words: ChatWords
}
