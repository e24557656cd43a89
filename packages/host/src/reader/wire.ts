import { z } from 'zod'

/**
 * What the host and a reader process say to each other: JSON, one value a line, over the child's
 * standard input and output. One read at a time. That one has been begun stands in a file that both
 * hold (`begun-record.ts`): from then on time counts, and the end of the process is evidence.
 */

/** Longest line from the child, in bytes: six times what one read may take, and the acks. */
export const longestAnswer = 8 * 1024 * 1024

const text = z.string().nullable()

const outboundRow = z.object({
  id: z.string(),
  seq: z.int(),
  kind: z.string(),
  inReplyTo: text,
  turnId: text,
  timestamp: z.string(),
  deliverAfter: text,
  channelType: text,
  channelInstance: z.string(),
  platformId: text,
  threadId: text,
  content: z.string(),
  tooLong: z.int().optional(),
})

const outboundAck = z.object({
  messageId: z.string(),
  status: z.enum(['processing', 'completed', 'failed']),
  turnId: text,
  epoch: z.int().nullable(),
  claims: z.int().nullable(),
  claimedAt: text,
  error: text,
})

const outcome = z.discriminatedUnion('outcome', [
  z.object({
    outcome: z.literal('rows'),
    rows: z.array(outboundRow),
    acks: z.array(outboundAck),
    more: z.boolean(),
  }),
  z.object({ outcome: z.literal('busy') }),
  z.object({ outcome: z.literal('violation'), reason: z.string() }),
])

/** The child's lines. */
const readerMessage = z.discriminatedUnion('type', [
  z.object({ type: z.literal('ready') }),
  z.object({
    type: z.literal('answer'),
    outcome,
    /** What reading took, in milliseconds. */
    ms: z.number(),
    /** It has grown, and should be replaced. */
    worn: z.boolean(),
  }),
  /** A system's error (`EACCES` …), which says nothing about the container. */
  z.object({ type: z.literal('trouble'), message: z.string() }),
])

const readRequest = z.object({
  agentGroupId: z.string(),
  sessionId: z.string(),
  after: z.int(),
  largestSeq: z.int(),
  limit: z.int(),
  contentBytes: z.int().optional(),
  ackIds: z.array(z.string()),
})

/** A line for the child: a read, which is answered, or a session whose file is to be closed, which is not. */
export const readerRequest = z.union([
  readRequest,
  z.object({ forget: z.object({ agentGroupId: z.string(), sessionId: z.string() }) }),
])

export type ReaderMessage = z.infer<typeof readerMessage>

/** One message as a line. */
export function encodeLine(message: unknown): string {
  return `${JSON.stringify(message)}\n`
}

/** A line of the child, or undefined when it is none. */
export function parseMessage(line: string): ReaderMessage | undefined {
  try {
    const parsed = readerMessage.safeParse(JSON.parse(line))
    return parsed.success ? parsed.data : undefined
  } catch {
    return undefined
  }
}

const newline = 0x0a

function lineOf(parts: readonly Buffer[], chunk: Buffer, at: number, end: number): string {
  if (parts.length === 0) return chunk.toString('utf8', at, end)
  return Buffer.concat([...parts, chunk.subarray(at, end)]).toString('utf8')
}

/**
 * Cuts bytes into lines of at most `longest` bytes. `push` returns false once a line is longer; the
 * stream cannot be trusted from there on.
 */
export function createLineReader(longest: number, onLine: (line: string) => void) {
  let parts: Buffer[] = []
  let held = 0
  return {
    push(chunk: Buffer): boolean {
      let at = 0
      for (let end = chunk.indexOf(newline); end !== -1; end = chunk.indexOf(newline, at)) {
        const line = lineOf(parts, chunk, at, end)
        parts = []
        held = 0
        at = end + 1
        onLine(line)
      }
      // A copy: the caller may use its buffer again.
      if (at < chunk.length) parts.push(Buffer.from(chunk.subarray(at)))
      held += chunk.length - at
      return held <= longest
    },
  }
}
