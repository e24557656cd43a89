import { NanoclawError } from '@nanoclaw/schema'
import { knownOutboundSchemas } from '@nanoclaw/schema/untrusted'
import type { OutboundReader, ReadOutcome, ReadRequest } from '../mailbox/outbound-reader.ts'
import { openedFile } from '../reader/kept-files.ts'
import { outcomeOfRead, readTransaction } from '../reader/read-outbound.ts'
import type { MemorySessions } from './memory-sessions.ts'

/** Reads outbound databases in memory, with every check but those of files. */
export function createMemoryReader(sessions: MemorySessions): OutboundReader {
  const schemas = knownOutboundSchemas()
  let stopped = false

  function readSession(request: ReadRequest): ReadOutcome {
    const { sqlite } = sessions.get(request.agentGroupId, request.sessionId).outbound
    try {
      return readTransaction(openedFile(sqlite, [], schemas), request, () => undefined)
    } finally {
      if (sqlite.inTransaction) sqlite.exec('ROLLBACK')
    }
  }

  return {
    async read(request, signal) {
      signal?.throwIfAborted()
      if (stopped) {
        throw new NanoclawError('closed', 'the outbound reader has been stopped; reopen the core')
      }
      return outcomeOfRead(request, 'wal', () => readSession(request))
    },
    async stop() {
      stopped = true
    },
  }
}
