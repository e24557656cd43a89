// The reader process: reads files that containers wrote, so that the host never opens one. It may
// hang, spin or die in the attempt; the host kills and replaces it. Started by createReaderProcess
// with the home folder and the journal mode as its arguments, and no environment.
import { KeptFiles, readOutbound, type ReadOutcome } from '@nanoclaw/core/reader'
import { createLayout, errorMessage, knownOutboundSchemas } from '@nanoclaw/schema/untrusted'
import { createLineReader, encodeLine, readRequest } from './wire.ts'

const [home = '', journal = 'wal'] = process.argv.slice(2)
const layout = createLayout(home)
const schemas = knownOutboundSchemas()
/** One for each container that writes at once; three descriptors each. In DELETE mode none is kept. */
const kept = journal === 'delete' ? undefined : new KeptFiles(64)
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

const isWorn = createWear()

function say(message: unknown): void {
  process.stdout.write(encodeLine(message))
}

function read(line: string): ReadOutcome {
  const request = readRequest.parse(JSON.parse(line))
  const session = layout.session(request.agentGroupId, request.sessionId)
  const mode = journal === 'delete' ? 'delete' : 'wal'
  const keeping = kept === undefined ? {} : { kept }
  return readOutbound(session, request, { schemas, journal: mode, dedicated: true, ...keeping })
}

const lines = createLineReader(longestRequest, (line) => {
  say({ type: 'begun' })
  try {
    const outcome = read(line)
    say({ type: 'answer', outcome, worn: isWorn() })
  } catch (error) {
    say({ type: 'trouble', message: errorMessage(error) })
  }
})

// A terminal's Ctrl-C and a service manager's stop reach the whole group; the host ends this one.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => undefined)
process.stdout.on('error', () => process.exit(1))
process.stdin.on('end', () => process.exit(0))
process.stdin.on('data', (chunk: Buffer) => {
  if (!lines.push(chunk)) process.exit(1)
})
say({ type: 'ready' })
