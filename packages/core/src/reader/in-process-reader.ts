import { NanoclawError, type HomeLayout, type JournalMode } from '@nanoclaw/schema'
import { knownOutboundSchemas } from '@nanoclaw/schema/untrusted'
import type { OutboundReader } from '../mailbox/outbound-reader.ts'
import { readOutbound } from './read-outbound.ts'

/** What an in-process reader is made of. */
export interface InProcessReaderOptions {
  readonly layout: HomeLayout
  /** How the runners write. Default `wal`. */
  readonly journal?: JournalMode
}

/**
 * Reads outbound files in this process, for writers one trusts: a hostile file could hang or kill
 * the process, which is why a host that runs containers uses a reader process instead. After `stop`
 * a read throws `closed`.
 */
export function createInProcessReader(
  options: InProcessReaderOptions,
): OutboundReader & AsyncDisposable {
  const schemas = knownOutboundSchemas()
  const { layout, journal = 'wal' } = options
  let stopped = false
  const stop = async () => {
    stopped = true
  }
  return {
    async read(request, signal) {
      signal?.throwIfAborted()
      if (stopped) {
        throw new NanoclawError('closed', 'the outbound reader has been stopped; make a new one')
      }
      const session = layout.session(request.agentGroupId, request.sessionId)
      return readOutbound(session, request, { schemas, journal, dedicated: false })
    },
    stop,
    [Symbol.asyncDispose]: stop,
  }
}
