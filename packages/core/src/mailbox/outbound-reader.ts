import { longestContent } from '@nanoclaw/schema/untrusted'
import type { OutboundAck, OutboundRow } from '../ledger/types.ts'

/** What to read of one session's outbound side. */
export interface ReadRequest {
  readonly agentGroupId: string
  readonly sessionId: string
  /** Rows with a larger `seq` are returned, oldest first. */
  readonly after: number
  /** The largest `seq` known of either side: rows more than 2^20 above it are refused. */
  readonly largestSeq: number
  /** At most this many rows; 0 looks whether there are any, and at acknowledgements. */
  readonly limit: number
  /**
   * Longer contents, in bytes, are not taken: such a row comes without, as `tooLong`. At most, and by
   * default, `outboundLimits.content`.
   */
  readonly contentBytes?: number | undefined
  /** Inbound rows whose acknowledgements are wanted; at most 1,000. */
  readonly ackIds: readonly string[]
}

/**
 * What came of a read.
 * - `rows`: in `seq` order, acknowledgements of those asked for; both of one read transaction.
 * - `busy`: nothing wrong, try again soon.
 * - `violation`: the file is not what a runner writes (a link, another schema, a row out of bounds,
 *   a corrupt page); it is evidence against the container. `deadline`: reading took too long,
 *   which a container can cause, but also a slow machine.
 */
export type ReadOutcome =
  | {
      readonly outcome: 'rows'
      readonly rows: readonly OutboundRow[]
      readonly acks: readonly OutboundAck[]
      /** More rows wait above the last one returned. */
      readonly more: boolean
    }
  | { readonly outcome: 'busy' }
  | { readonly outcome: 'violation'; readonly reason: string }
  | { readonly outcome: 'deadline'; readonly reason: string }

/** Reads what containers wrote. Never throws for what is in a file: that is an outcome. */
export interface OutboundReader {
  /**
   * Resolves when it can read. Rejects, with the reason, when it never will: a program that is
   * missing. A host asks before it takes messages.
   */
  ready?(): Promise<void>
  /**
   * Has the file of a session closed that a reader may keep open: to be called when the session's
   * folder is removed, or its disk space stays taken. Returns at once.
   */
  forget?(agentGroupId: string, sessionId: string): void
  /** Throws `closed` after `stop`; rejects with the signal's reason when that is aborted. */
  read(request: ReadRequest, signal?: AbortSignal): Promise<ReadOutcome>
  /** Resolves when what was being read has ended. May be called again. */
  stop(): Promise<void>
}

/** Caps on what is taken from a container, in one place. Lengths are in bytes of UTF-8. */
export const outboundLimits = {
  content: longestContent,
  /** Ids, names, kinds and places. */
  field: 1_024,
  /** Rows of one read. */
  rows: 200,
  /**
   * All rows of one read together; the first always fits. As JSON it may be six times as long, and
   * 6 MiB of JSON stop the loop that parses it for about 10 ms, 8 MiB of ordinary text for 45.
   */
  readBytes: 1_048_576,
} as const
