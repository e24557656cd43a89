import { NanoclawError, type IdPrefix, type JournalMode } from '@nanoclaw/schema/plain'
import type { EventRange, Recorded } from '../events/event-log.ts'
import { openInbound } from './inbound-connection.ts'
import { readHere, writeHere } from './mailbox-port.ts'
import type { ReadArgs, ReadName, ReadResult } from './mailbox-reads.ts'
import type { WriteArgs, WriteName } from './mailbox-writes.ts'

/** Which file, and how. */
export interface InboundServiceOptions {
  readonly path: string
  readonly journal: JournalMode
}

/** A write as it is sent: a thread has no clock and no ids of its own. */
export interface SentWrite {
  readonly name: WriteName
  /** Of that write. */
  readonly args: readonly unknown[]
  readonly range: EventRange
  /** Milliseconds since the epoch. */
  readonly now: number
  /** As many as may be needed. */
  readonly ids: readonly string[]
}

/** Gives out, by their prefixes, the ids that came with a request. */
function givenIds(ids: readonly string[]) {
  const left = [...ids]
  return {
    next(prefix: IdPrefix): string {
      const index = left.findIndex((id) => id.startsWith(`${prefix}-`))
      const [id] = index === -1 ? [] : left.splice(index, 1)
      if (id !== undefined) return id
      throw new NanoclawError('bad-option', `expected more ids of ${prefix} in the request`)
    },
  }
}

/** The side of a database thread of one session's `inbound.db`. */
export function openInboundService({ path, journal }: InboundServiceOptions) {
  const connection = openInbound(path, journal)
  return {
    methods: {
      read: <Name extends ReadName>(name: Name, args: ReadArgs<Name>): ReadResult<Name> =>
        readHere(connection, name, args),
      write({ name, args, range, now, ids }: SentWrite): Recorded<unknown> {
        return writeHere(connection, {
          ...{ name, args: args as WriteArgs<WriteName>, range },
          ...{ clock: { now: () => now }, ids: givenIds(ids) },
        })
      },
    },
    pause: () => connection.pause(),
    close: () => connection.close(),
  }
}
