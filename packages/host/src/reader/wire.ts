import { z } from 'zod'

/**
 * What the host and its reader process say to each other: JSON, one value a line, over the child's
 * standard input and output. One request at a time.
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
  /** It has taken up a request: from here on time counts, and its death is evidence. */
  z.object({ type: z.literal('begun') }),
  z.object({
    type: z.literal('answer'),
    outcome,
    /** It has grown, and should be replaced. */
    worn: z.boolean(),
  }),
  /** A system's error (`EACCES` …), which says nothing about the container. */
  z.object({ type: z.literal('trouble'), message: z.string() }),
])

/** A request, as the child parses it. */
export const readRequest = z.object({
  agentGroupId: z.string(),
  sessionId: z.string(),
  after: z.int(),
  largestSeq: z.int(),
  limit: z.int(),
  ackIds: z.array(z.string()),
})

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
        parts.push(chunk.subarray(at, end))
        const line = Buffer.concat(parts).toString('utf8')
        parts = []
        held = 0
        at = end + 1
        onLine(line)
      }
      parts.push(chunk.subarray(at))
      held += chunk.length - at
      return held <= longest
    },
  }
}
