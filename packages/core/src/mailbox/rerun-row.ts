import {
  hostStateKeys,
  NanoclawError,
  originKey,
  timestamp,
  type Clock,
  type Ids,
} from '@nanoclaw/schema/plain'
import type { messagesIn } from '@nanoclaw/schema/drizzle'
import { oneOf } from '../central/narrow.ts'
import { insertNext } from './append-rows.ts'
import { toEventRow, toOrigin, type Tell } from './event-facts.ts'
import type { MailboxStatements } from './inbound-statements.ts'
import type { InboundRecord, Rerun } from './mailbox.ts'
import { rerunKey } from './rerun-key.ts'
import { inboundStatuses } from './statuses.ts'

/** More than any turn has. */
const mostAlong = 1_000

function originOf(row: Parameters<typeof toOrigin>[0]): string | undefined {
  const origin = toOrigin(row)
  return origin === null ? undefined : originKey(origin)
}

function senderOf(content: string): string | null {
  const said: unknown = JSON.parse(content)
  const sender: unknown =
    typeof said === 'object' && said !== null ? Reflect.get(said, 'senderId') : null
  return typeof sender === 'string' ? sender : null
}

/** A row as callers see it, whatever has become of it. */
export function toInbound(row: typeof messagesIn.$inferSelect): InboundRecord {
  const { id, seq, kind, timestamp: at, processAfter, tries } = row
  const { platformMessageId, sourceSessionId, hops } = row
  return {
    ...{ id, seq, kind, timestamp: at, processAfter, tries },
    ...{ platformMessageId, sourceSessionId, hops },
    status: oneOf(inboundStatuses, row.status, 'messages_in.status'),
    origin: toOrigin(row),
    senderId: senderOf(row.content),
    trigger: row.trigger === 1,
  }
}

/** A person has been asked of all that containers up to this start held; 0: never. */
export function readAskedEpoch(statements: MailboxStatements): number {
  return Number(statements.state().get({ key: hostStateKeys.askedEpoch })?.value ?? 0)
}

/** Of what is paused: rows of the same origin, and the context that any turn is given. */
function pausedAlong(statements: MailboxStatements, row: typeof messagesIn.$inferSelect) {
  const origin = originOf(row)
  const paused = statements.paused().all({ limit: mostAlong })
  return paused.filter((other) => {
    const itsOrigin = originOf(other)
    return itsOrigin === origin || (itsOrigin === undefined && other.trigger === 0)
  })
}

/**
 * Lets a row be answered again, inside the caller's transaction. A failed one keeps its id for its
 * end, and a copy of it is appended. Throws `not-found`, `bad-state`.
 */
export function rerunRow(
  statements: MailboxStatements,
  id: string,
  { clock, ids, tell }: { readonly clock: Clock; readonly ids: Ids; readonly tell: Tell },
): Rerun {
  const row = statements.inbound().get({ id })
  if (row === undefined) {
    throw new NanoclawError(
      'not-found',
      `expected the id of an inbound row, there is none with ${id}`,
    )
  }
  if (row.status === 'paused') {
    // They were one turn: no container may see a part of it.
    for (const { id: along } of pausedAlong(statements, row)) {
      statements.resumePaused().run({ id: along })
    }
    statements.resumePaused().run({ id })
    return { outcome: 'pending', id, seq: row.seq }
  }
  if (row.status !== 'failed') {
    throw new NanoclawError(
      'bad-state',
      `expected a row that has failed or waits for a person’s word, ${id} is ${row.status}`,
    )
  }
  if (row.trigger === 0) {
    throw new NanoclawError(
      'bad-state',
      `expected a message that asks for an answer, ${id} only went along with one; run that again`,
    )
  }
  return appendCopy(statements, row, { clock, ids, tell })
}

/** One copy at most: whoever asks again is answered with the one there is. */
function appendCopy(
  statements: MailboxStatements,
  row: typeof messagesIn.$inferSelect,
  { clock, ids, tell }: { readonly clock: Clock; readonly ids: Ids; readonly tell: Tell },
): Rerun {
  const dedupeKey = rerunKey(row.id)
  const known = statements.byDedupeKey().get({ dedupeKey })
  if (known !== undefined) {
    if (statements.inbound().get({ id: known.id })?.status === 'failed') {
      const message = `${row.id} ran again as ${known.id}, which has failed; run that one again`
      throw new NanoclawError('bad-state', message)
    }
    return { outcome: 'appended', ...known }
  }
  const copy = insertNext(statements, {
    ...row,
    ...{ id: ids.next('in'), timestamp: timestamp(clock), dedupeKey },
    ...{ processAfter: null, onWake: 0 },
  })
  tell({ type: 'accepted', ...toEventRow({ ...row, ...copy }) })
  return { outcome: 'appended', ...copy }
}
