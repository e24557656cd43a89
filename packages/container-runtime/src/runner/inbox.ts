import { actionResultKey, hostStateKeys } from '@nanoclaw/schema'
import type { PlainDatabase } from '@nanoclaw/schema/plain'
import type { InboxQueries } from './inbox-queries.ts'
import { statementsOf } from './statement.ts'
import { inboxPlans } from './statements.generated.ts'

/** An inbound row that has not ended, without its content. */
export interface PendingRow {
  readonly id: string
  readonly seq: number
  readonly kind: string
  /** How many runners died holding it, as the host counted. */
  readonly tries: number
  /** 0: context only. */
  readonly trigger: number
  /** 1: for the first poll of a new runner only. */
  readonly onWake: number
  readonly channelType: string | null
  readonly channelInstance: string
  readonly platformId: string | null
  readonly threadId: string | null
}

/** An inbound row with all that a prompt needs. */
export interface InboxRow extends PendingRow {
  readonly timestamp: string
  readonly content: string
}

/** One entry of the address book, as the host projected it. */
export interface DestinationRow {
  readonly name: string
  readonly displayName: string
  readonly type: string
  readonly channelType: string | null
  readonly channelInstance: string
  readonly platformId: string | null
  readonly agentGroupId: string | null
}

/** Where the session's conversation is. */
export interface RoutingRow {
  readonly channelType: string | null
  readonly channelInstance: string
  readonly platformId: string | null
  readonly threadId: string | null
}

/**
 * The runner's view of `inbound.db`: read-only, every query by an index. Everything is as it was
 * when `refresh` was last called, which each step of the work begins with (pitfall W5: nothing
 * outlives it), and is read at most once until the host has written again.
 */
export interface Inbox {
  /** Asks, in one cheap statement, whether the host has written since. */
  refresh(): void
  /**
   * Rows that are pending and due, in `seq` order. By index: O(pending). `now` is asked where a row has
   * a time to wait for.
   */
  due(now: () => string): readonly PendingRow[]
  row(id: string): InboxRow | undefined
  /** The id of the row that the agent knows by this number. */
  idOf(seq: number): string | undefined
  /** What became of an action, if the host has said so; taken or not. */
  resultOf(actionId: string): { readonly id: string; readonly content: string } | undefined
  /** The number of a row that still stands there. */
  seqOf(id: string): number | undefined
  /** Up to which number everything may be deleted that has ended, and which the host has taken. */
  pruned(): { readonly through: number; readonly taken: number }
  destinations(): readonly DestinationRow[]
  routing(): RoutingRow | undefined
  /** The largest `seq` on the host's side, its cursor in ours and what it has pruned included. */
  largestSeq(): number
  unaddressedOutput(): 'scratchpad' | 'origin'
  /** What becomes of a turn that was cut off: it runs again, or a person is asked first. */
  onInterrupted(): 'rerun' | 'ask'
}

/** What has been read since the host last wrote. */
interface Seen {
  pending?: readonly (PendingRow & { readonly processAfter: string | null })[]
  destinations?: readonly DestinationRow[]
  routing?: { readonly row: RoutingRow | undefined }
  settings?: ReadonlyMap<string, string>
  largestSeq?: number
}

function numberOf(value: string | undefined): number {
  const number = Number(value ?? 0)
  return Number.isSafeInteger(number) && number > 0 ? number : 0
}

/** The database is opened read-only by the caller. */
export function createInbox({ sqlite }: Pick<PlainDatabase, 'sqlite'>): Inbox {
  const statements = statementsOf<InboxQueries>(sqlite, inboxPlans)
  const { pending, row, seqOf, idOf, result, largest, book, routing, settings } = statements
  // Another number whenever another connection, that of the host, has changed the file.
  const version = sqlite.prepare<[], number>('PRAGMA data_version').pluck()
  let seenVersion: number | undefined
  let seen: Seen = {}
  const setting = (key: string): string | undefined => {
    seen.settings ??= new Map(settings.all().map((entry) => [entry.key, entry.value]))
    return seen.settings.get(key)
  }
  return {
    refresh: () => {
      const found = version.get()
      if (found !== seenVersion) seen = {}
      seenVersion = found
    },
    due: (now) => {
      seen.pending ??= pending.all()
      if (seen.pending.every((one) => one.processAfter === null)) return seen.pending
      const moment = now()
      return seen.pending.filter((one) => one.processAfter === null || one.processAfter <= moment)
    },
    row: (id) => row.get({ id }),
    idOf: (seq) => idOf.get({ seq })?.id,
    resultOf: (actionId) => result.get({ key: actionResultKey(actionId) }),
    seqOf: (id) => seqOf.get({ id })?.seq,
    pruned: () => ({
      through: numberOf(setting(hostStateKeys.pruneThroughSeq)),
      taken: numberOf(setting(hostStateKeys.outboundCursor)),
    }),
    destinations: () => (seen.destinations ??= book.all()),
    routing: () => (seen.routing ??= { row: routing.get() }).row,
    largestSeq: () => {
      seen.largestSeq ??= largest.get()?.seq ?? 0
      return Math.max(
        seen.largestSeq,
        numberOf(setting(hostStateKeys.outboundCursor)),
        numberOf(setting(hostStateKeys.pruneThroughSeq)),
      )
    },
    unaddressedOutput: () =>
      setting(hostStateKeys.unaddressedOutput) === 'origin' ? 'origin' : 'scratchpad',
    onInterrupted: () => (setting(hostStateKeys.onInterrupted) === 'ask' ? 'ask' : 'rerun'),
  }
}
