import { NanoclawError, type Clock, type Ids } from '@nanoclaw/schema/plain'
import type { EventRange, Recorded } from '../events/event-log.ts'
import type { Threads } from '../threads/types.ts'
import type { InboundServiceOptions, SentWrite } from './inbound-service.ts'
import type { MailboxPort } from './mailbox-port.ts'
import type { ReadArgs, ReadName, ReadResult } from './mailbox-reads.ts'
import {
  mailboxWrites,
  type AnyWrite,
  type WriteArgs,
  type WriteName,
  type WriteResult,
} from './mailbox-writes.ts'

/** What the other side of it can do. */
interface InboundMethods {
  read(name: ReadName, args: readonly unknown[]): unknown
  write(sent: SentWrite): Recorded<unknown>
}

/** As many ids as a write may need. */
function idsFor(ids: Ids, name: WriteName, args: readonly unknown[]): readonly string[] {
  const { inIds = 0, outIds = 0 } = (mailboxWrites[name] as AnyWrite<unknown>).need(...args)
  return [
    ...Array.from({ length: inIds }, () => ids.next('in')),
    ...Array.from({ length: outIds }, () => ids.next('out')),
  ]
}

/** Opens a session's `inbound.db` in a database thread. Throws what opening throws. */
export async function openInThread(
  threads: Threads,
  options: InboundServiceOptions,
  { clock, ids }: { readonly clock: Clock; readonly ids: Ids },
): Promise<MailboxPort> {
  const file = await threads.open<InboundMethods>('inbound', options)
  let closing: Promise<void> | undefined
  const assertOpen = () => {
    if (closing === undefined) return
    const { path } = options
    throw new NanoclawError('closed', `the mailbox at ${path} has been closed; open it`)
  }
  return {
    async read<Name extends ReadName>(name: Name, ...args: ReadArgs<Name>) {
      assertOpen()
      return (await file.call('read', name, args)) as ReadResult<Name>
    },
    async write<Name extends WriteName>(range: EventRange, name: Name, ...args: WriteArgs<Name>) {
      assertOpen()
      const sent = { name, args, range, now: clock.now(), ids: idsFor(ids, name, args) }
      return (await file.call('write', sent)) as Recorded<WriteResult<Name>>
    },
    close: () => (closing ??= file.close()),
  }
}
