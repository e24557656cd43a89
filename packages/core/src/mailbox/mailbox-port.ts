import type { Clock, Ids } from '@nanoclaw/schema/plain'
import type { EventRange, Recorded } from '../events/event-log.ts'
import { factStamper } from '../events/stamp-facts.ts'
import type { Tell } from './event-facts.ts'
import { writeEvent } from './event-rows.ts'
import type { InboundConnection } from './inbound-connection.ts'
import { mailboxReads, type ReadArgs, type ReadName, type ReadResult } from './mailbox-reads.ts'
import {
  mailboxWrites,
  type AnyWrite,
  type WriteArgs,
  type WriteName,
  type WriteResult,
} from './mailbox-writes.ts'

/** One session's `inbound.db`, wherever it is open. */
export interface MailboxPort {
  read<Name extends ReadName>(name: Name, ...args: ReadArgs<Name>): Promise<ReadResult<Name>>
  /** One transaction; its events get the stamps of `range`. */
  write<Name extends WriteName>(
    range: EventRange,
    name: Name,
    ...args: WriteArgs<Name>
  ): Promise<Recorded<WriteResult<Name>>>
  close(): Promise<void>
}

/** Asks a database that is open in this thread. */
export function readHere<Name extends ReadName>(
  connection: InboundConnection,
  name: Name,
  args: ReadArgs<Name>,
): ReadResult<Name> {
  // One of the table, whose arguments and result these are.
  const read = mailboxReads[name] as (...given: readonly unknown[]) => ReadResult<Name>
  return connection.read((statements) => read(statements, ...args))
}

/** A write with what it is given along. */
export interface WriteRequest<Name extends WriteName> {
  readonly name: Name
  readonly args: WriteArgs<Name>
  readonly range: EventRange
  readonly clock: Clock
  readonly ids: Ids
}

/** Writes to a database that is open in this thread. */
export function writeHere<Name extends WriteName>(
  connection: InboundConnection,
  { name, args, range, clock, ids }: WriteRequest<Name>,
): Recorded<WriteResult<Name>> {
  // As above.
  const write = mailboxWrites[name] as unknown as AnyWrite<WriteResult<Name>>
  const done = write.done && connection.read((statements) => write.done?.(statements, ...args))
  if (done !== undefined) return { value: done, events: [] }
  const { events, stamp } = factStamper(range)
  const value = connection.write(write.need(...args).sync, (statements) => {
    const tell: Tell = (facts) => writeEvent(statements, stamp(facts))
    return write.work({ statements, clock, ids, tell }, ...args)
  })
  return { value, events }
}

/** A database that is open in this thread. */
export function portHere(
  connection: InboundConnection,
  { clock, ids }: { readonly clock: Clock; readonly ids: Ids },
): MailboxPort {
  return {
    read: async (name, ...args) => readHere(connection, name, args),
    write: async (range, name, ...args) => writeHere(connection, { name, args, range, clock, ids }),
    close: async () => connection.close(),
  }
}
