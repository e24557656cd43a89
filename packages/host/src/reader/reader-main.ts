// A reader process: reads files that containers wrote, so that the host never opens one. It may
// hang, spin or die in the attempt; the host kills and replaces it. Started by createReaderProcess
// with the home folder and the journal mode as its arguments, and no environment.
import { readSync, writeSync } from 'node:fs'
import { KeptFiles, readOutbound, type ReadRequest } from '@nanoclaw/core/reader'
import {
  createLayout,
  errorMessage,
  knownOutboundSchemas,
  type SessionLayout,
} from '@nanoclaw/schema/untrusted'
import { createBegunWriter } from './begun-record.ts'
import { createLineReader } from './line-reader.ts'
import { encodeMessage, parseRequest, type ReaderMessage } from './wire.ts'

const [home = '', journal = 'wal'] = process.argv.slice(2)
const layout = createLayout(home)
const schemas = knownOutboundSchemas()
/** Three descriptors each, and some hundred kilobytes. In DELETE mode none is kept. */
const mostKept = 256
const kept = journal === 'delete' ? undefined : new KeptFiles(mostKept)
/** Requests are small: a thousand ids. */
const longestRequest = 1024 * 1024
/** A file of the container's making can bloat SQLite's memory, which no heap limit bounds. */
const wornAtBytes = 256 * 1024 * 1024
/** Asking the system for one's size costs a tenth of a read. */
const readsPerLook = 16

/** Whether this process has grown, as of a look now and then. */
function createWear(): () => boolean {
  let reads = 0
  return () => {
    reads += 1
    return reads % readsPerLook === 0 && process.memoryUsage.rss() > wornAtBytes
  }
}

/** Putting a layout together costs as much as three looks at a file. */
function createSessions(): (agentGroupId: string, sessionId: string) => SessionLayout {
  const known = new Map<string, SessionLayout>()
  return (agentGroupId, sessionId) => {
    const key = `${agentGroupId}/${sessionId}`
    const session = known.get(key) ?? layout.session(agentGroupId, sessionId)
    if (known.size >= 4 * mostKept) known.clear()
    known.set(key, session)
    return session
  }
}

const isWorn = createWear()
const begin = createBegunWriter()
const sessionOf = createSessions()

/** As long as it takes: the host reads. */
function say(message: ReaderMessage): void {
  const bytes = Buffer.from(encodeMessage(message))
  for (let at = 0; at < bytes.length; at += writeSync(1, bytes, at));
}

function read(request: ReadRequest): void {
  begin()
  const began = performance.now()
  const session = sessionOf(request.agentGroupId, request.sessionId)
  const mode = journal === 'delete' ? 'delete' : 'wal'
  const keeping = kept === undefined ? {} : { kept }
  const options = { schemas, journal: mode, dedicated: true, ...keeping } as const
  const outcome = readOutbound(session, request, options)
  say({ type: 'answer', outcome, ms: performance.now() - began, worn: isWorn() })
}

const lines = createLineReader(longestRequest, (line) => {
  try {
    const request = parseRequest(line)
    if (!('forget' in request)) return read(request)
    const { agentGroupId, sessionId } = request.forget
    kept?.forget(sessionOf(agentGroupId, sessionId).outboundDb)
  } catch (error) {
    say({ type: 'trouble', message: errorMessage(error) })
  }
})

/** Blocks: there is nothing else to do, and a turn of the event loop costs as much as a read. */
function serve(): void {
  const chunk = Buffer.alloc(64 * 1024)
  for (;;) {
    const length = readSync(0, chunk)
    if (length === 0) return
    if (!lines.push(chunk.subarray(0, length))) throw new Error('a request is too long')
  }
}

// A terminal's Ctrl-C and a service manager's stop reach the whole group; the host ends this one.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => undefined)
say({ type: 'ready' })
serve()
process.exit(0)
