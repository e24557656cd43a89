import type { AckStatus, Clock, Ids, InboundContent, Origin } from '@nanoclaw/schema'
import type { Core } from '../core.ts'
import type { Logger } from '../logger.ts'
import type { OutboundRow } from '../ledger/types.ts'
import type { OutboundReader } from '../mailbox/outbound-reader.ts'
import type { Session } from '../sessions/types.ts'
import type { FaultPlan } from './fault-plan.ts'

/** A row as the agent is given it: `content` is of the row's `kind`. */
export type ReceivedRow = InboundContent & {
  readonly id: string
  /** Even. */
  readonly seq: number
  /** Where it came from; null for what came from no place. */
  readonly origin: Origin | null
}

/**
 * The container's side of one session, played by a test: it reads what the core has appended and
 * writes what an agent would. Another process in life, so that it lives on when the core crashes.
 */
export interface PlayedContainer {
  /** Rows that have not ended, by the core's word or by `ack` here, due or not, in `seq` order. */
  inbox(): readonly ReceivedRow[]
  /**
   * Writes a `chat` row with that text, to where the newest inbound row came from (to no place if
   * there is none), under the next odd `seq`. `values` replace what such a row has; nothing is
   * checked, since no core may trust a container. What is returned is also what a reader returns,
   * for `mailbox.take`. Throws what SQLite throws for an `id` or `seq` that is there already, or an
   * even `seq`.
   */
  say(text: string, values?: Partial<OutboundRow>): OutboundRow
  /** Reports what became of an inbound row, in place of an earlier report. `error` with `failed`. */
  ack(messageId: string, status: AckStatus, error?: string): void
}

/** What a caller of `createMemoryCore` chooses. */
export interface MemoryCoreOptions {
  /** Default: `createFakeClock()`, so that a test is the same every time. */
  readonly clock?: Clock | undefined
  /** Default: `createSequentialIds()`, so that a test is the same every time. */
  readonly ids?: Ids | undefined
  /** Default: silent. */
  readonly logger?: Logger | undefined
  /** Which calls go wrong. Default: a plan of its own, in which nothing goes wrong yet. */
  readonly faults?: FaultPlan | undefined
}

/**
 * A core with nothing on disk: the rules and the SQL of a real one, on SQLite databases in memory.
 * They last as long as this core or one reopened from it can be reached, mailboxes closed or not.
 *
 * What is a file has a path and nothing there: `layout`, and what `agents.prepareFolder` gives, lie
 * below the null device, where nothing can be read or made. What needs files (a host with its
 * containers, `createInProcessReader`) is tested on `createFaultyCore`. One process is all there is:
 * no lock of somebody else, and what a power cut takes back is not simulated.
 */
export interface MemoryCore extends Core {
  /** The plan it was given, or one of its own; a core reopened from this one goes on with it. */
  readonly faults: FaultPlan
  /** Reads what {@link MemoryCore.container} wrote, as a host reads containers. No faults reach it. */
  readonly reader: OutboundReader
  /** Plays the container of a session. Throws `bad-option` for ids that are none. */
  container(session: Pick<Session, 'agentGroupId' | 'id'>): PlayedContainer
  /**
   * The core that a restart of the program finds: all that was committed, under the same clock,
   * ids and fault plan. Of all cores that were reopened one lives: this one, or the one that was
   * reopened last, is ended as by a crash if it has not crashed.
   */
  reopen(): Promise<MemoryCore>
}
