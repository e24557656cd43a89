import { formatPrompt, type InterruptedTurn } from '../prompt/format-prompt.ts'
import { systemAddendum } from '../prompt/system-addendum.ts'
import type { TurnBatch, TurnRow } from '../provider.ts'
import type { Claim } from './claim.ts'
import type { PendingRow } from './inbox.ts'
import type { SentRecord } from './outbox.ts'
import { createAddressBook, placeOf, type AddressBook } from './places.ts'
import { readTurnRows } from './read-rows.ts'
import { continuationKey, type RunnerSession } from './session.ts'
import type { TurnLedger } from './turn-ledger.ts'

/** Rows of context that a prompt shows; older ones are counted. */
const shownContext = 50

/** What a provider's turn begins with. */
export interface FirstPrompt {
  readonly batch: TurnBatch
  readonly systemAddendum: string
  readonly continuation: string | undefined
  /** Whether an earlier run of the turn has sent something. */
  readonly hadSent: boolean
  /** The address book that the model is told. */
  readonly book: AddressBook
}

/** Rows in the form of prompts, named by the address book as it is. */
export function describeRows(
  { inbox }: RunnerSession,
  rows: readonly PendingRow[],
  book: AddressBook,
): TurnRow[] {
  const fallback = (): string | undefined => {
    const routing = inbox.routing()
    return book.nameOf(routing === undefined ? undefined : placeOf(routing))
  }
  return readTurnRows(inbox, rows, book, fallback)
}

function textOf(row: SentRecord): string {
  const content: unknown = JSON.parse(row.content)
  const text: unknown =
    typeof content === 'object' && content !== null ? Reflect.get(content, 'text') : undefined
  return typeof text === 'string' ? text : row.content
}

function interruptedTurn(
  { outbox }: RunnerSession,
  claim: Claim,
  ledger: TurnLedger,
  book: AddressBook,
): InterruptedTurn | undefined {
  if (claim.isFirst) return undefined
  const sent = outbox.sent(ledger.id).map((row) => ({
    seq: row.seq,
    to: book.nameOf(placeOf(row)) ?? 'nobody',
    text: textOf(row),
  }))
  return { sent, begun: ledger.begunBefore }
}

/** Reads everything that the first prompt of a turn is made of. May throw BUSY. */
export function readFirstPrompt(
  session: RunnerSession,
  claim: Claim,
  ledger: TurnLedger,
): FirstPrompt {
  const { inbox, outbox, provider, prompt, assistantName } = session
  const book = createAddressBook(inbox.destinations())
  const context = claim.rows.filter((row) => row.trigger === 0 && row.kind !== 'system')
  const hidden = new Set(context.slice(0, -shownContext))
  const shown = claim.rows.filter((row) => !hidden.has(row))
  const rows = describeRows(session, shown, book)
  const interrupted = interruptedTurn(session, claim, ledger, book)
  const text = formatPrompt({ rows, omitted: hidden.size, interrupted }, prompt)
  return {
    batch: { index: 0, rows, prompt: text },
    systemAddendum: systemAddendum({ assistantName, destinations: book.entries }),
    continuation: outbox.state(continuationKey(provider)),
    hadSent: interrupted !== undefined && interrupted.sent.length > 0,
    book,
  }
}
