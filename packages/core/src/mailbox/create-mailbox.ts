import type { EventRecorder } from '../events/event-log.ts'
import { checkInbound } from './check-inbound.ts'
import { endsOf } from './end-rows.ts'
import type { Mailbox } from './mailbox.ts'
import type { MailboxPort } from './mailbox-port.ts'
import {
  mailboxWrites,
  type AnyWrite,
  type WriteArgs,
  type WriteName,
  type WriteResult,
} from './mailbox-writes.ts'
import {
  plainChange,
  plainFilter,
  plainHostWords,
  plainOrigin,
  plainPart,
  plainPlace,
  plainProjection,
  plainPrune,
  plainTaken,
  plainWords,
} from './plain-args.ts'

/** What a mailbox is made of. */
export interface MailboxParts {
  readonly sessionId: string
  readonly port: MailboxPort
  readonly record: EventRecorder
}

/** What tells of nothing needs no stamps. */
const noStamps = { first: 0, at: '' }

type Write = <Name extends WriteName>(
  name: Name,
  ...args: WriteArgs<Name>
) => Promise<WriteResult<Name>>

function writer({ port, record }: MailboxParts): Write {
  return async (name, ...args) => {
    // One of the table, whose arguments these are.
    const { need } = mailboxWrites[name] as unknown as AnyWrite<unknown>
    const { events = 0 } = need(...args)
    if (events === 0) return (await port.write(noStamps, name, ...args)).value
    return record(events, (range) => port.write(range, name, ...args))
  }
}

/** The methods that write. What is given is checked here: a thread gets, and gives, plain data. */
function writes(write: Write) {
  return {
    append: async (rows) => write('append', rows.map(checkInbound)),
    end: async (rowIds, status, chat) =>
      write(
        'end',
        rowIds.map((rowId) => ({ rowId, status })),
        plainWords(chat),
      ),
    rerun: (id) => write('rerun', id),
    pause: (rowIds, epoch) => write('pause', rowIds, epoch),
    countTry: (rowIds) => write('countTry', rowIds),
    project: async (projection) => write('project', plainProjection(projection)),
    prune: async (request) => write('prune', plainPrune(request)),
    take: async (rows, { acks = [], notices = [], chat } = {}) =>
      write('take', {
        rows: rows.map(plainTaken),
        ends: endsOf(acks),
        notices: notices.map(checkInbound),
        chat: plainWords(chat),
      }),
    settle: async (id, change, { notices = [], parts = [], durable = false } = {}) =>
      write('settle', {
        ...{ id, change: plainChange(change), durable },
        ...{ notices: notices.map(checkInbound), parts: parts.map(plainPart) },
      }),
    settleParts: async (id, changes) => write('settleParts', id, changes.map(plainPart)),
    requeue: (id) => write('requeue', id),
    tellUnanswered: async (origins, text) =>
      write('tellUnanswered', origins.map(plainOrigin), text),
    say: async (words, rows = []) => write('say', plainHostWords(words), rows.map(checkInbound)),
  } satisfies Partial<Mailbox>
}

/**
 * The mailbox over `inbound.db`. Rows, and deliveries about to be sent, are fully synced; what a
 * power cut may take back (acknowledgements, cursors, ends) is read again from `outbound.db`.
 */
export function createMailbox(parts: MailboxParts): Mailbox {
  const { sessionId, port } = parts
  const { read } = port
  const close = () => port.close()
  return {
    sessionId,
    ...writes(writer(parts)),
    cursor: () => read('cursor'),
    largestSeq: () => read('largestSeq'),
    unfinishedPlaces: () => read('unfinishedPlaces'),
    unfinished: (place, limit, now) => read('unfinished', plainPlace(place), limit, now),
    putOffUntil: (place, now) => read('putOffUntil', plainPlace(place), now),
    undelivered: (limit) => read('undelivered', limit),
    delivery: (id) => read('delivery', id),
    deliveries: (filter) => read('deliveries', plainFilter(filter)),
    answers: (id, turnIds) => read('answers', id, turnIds),
    parts: (id) => read('parts', id),
    pending: (limit) => read('pending', limit),
    wanting: (limit) => read('wanting', limit),
    paused: (limit) => read('paused', limit),
    inbound: (id) => read('inbound', id),
    askedEpoch: () => read('askedEpoch'),
    events: (after, limit) => read('events', after, limit),
    eventsOf: (seqs) => read('eventsOf', seqs),
    prunable: (before, limit) => read('prunable', before, limit),
    close,
    [Symbol.asyncDispose]: close,
  }
}
