import type { Clock, HomeLayout, Ids, JournalMode } from '@nanoclaw/schema'
import type { Agents } from './agents/types.ts'
import type { ApprovalCards } from './approvals/card-types.ts'
import type { Approvals } from './approvals/types.ts'
import type { Audit } from './audit/types.ts'
import type { ChannelState } from './chats/channel-state.ts'
import type { Children } from './children/types.ts'
import type { Chats } from './chats/types.ts'
import type { Destinations, DestinationTarget } from './destinations/types.ts'
import type { CoreEvent, SubscribeOptions } from './events/types.ts'
import type { HomeLock } from './files/home-files.ts'
import type { ForgetOptions, ForgetReport, Person } from './forget/types.ts'
import type { Heard } from './heard/types.ts'
import type { HeldEvents } from './held/types.ts'
import type { Incidents } from './incidents/types.ts'
import type { Logger } from './logger.ts'
import type { Receipts } from './ledger/receipts.ts'
import type { MailboxStore } from './mailbox/mailbox.ts'
import type { People } from './people/types.ts'
import type { Policies } from './policies/types.ts'
import type { Retention } from './retention/retention.ts'
import type { SessionManager } from './sessions/session-manager.ts'
import type { ResolvedSession, SessionRequest, Sessions } from './sessions/types.ts'
import type { FoundMessage, MessageTrace, TraceOptions } from './trace/types.ts'
import type { Wirings } from './wirings/types.ts'

/** What a caller of `createCore` chooses. */
export interface CoreOptions {
  /** The folder that holds everything; made (mode 0700) when it is missing. */
  readonly home: string
  /** Default: the machine's clock. */
  readonly clock?: Clock | undefined
  /** Default: UUIDv7 with a prefix. */
  readonly ids?: Ids | undefined
  /** Default: silent. */
  readonly logger?: Logger | undefined
  /**
   * Of the sessions' files. Default `wal`; `delete` where a container does not share the host's
   * kernel. The central database is always in WAL mode.
   */
  readonly journal?: JournalMode | undefined
  /**
   * At most so many threads wait for the disk in place of the event loop. They are started when
   * there is work and those there are wait, and end when there is none. 0: there are none, and the
   * event loop waits for every commit. Default 16.
   */
  readonly databaseThreads?: number | undefined
}

/**
 * Sessions, mailboxes, destinations of one home. Every function is one transaction, tried again
 * for about five seconds while another process holds the lock of the central database (it then
 * rejects with SQLite's own error, which `isBusy` of `@nanoclaw/schema` recognises), and throws
 * `closed` after `close`. What may wait longer takes an `AbortSignal`. One process at a time writes
 * to a home; several cores in one process, on several homes, do not know of each other.
 */
export interface Core extends SessionManager {
  /** Of this home, since it was made; part of the keys that platforms recognise repeats by. */
  readonly installId: string
  /** Where everything below the home is. */
  readonly layout: HomeLayout
  /** Of the sessions' files, as given; who reads them, and what runs containers, has to suit it. */
  readonly journal: JournalMode
  /** As given, else the machine's. */
  readonly clock: Clock
  /** As given, else UUIDv7 with a prefix. */
  readonly ids: Ids
  readonly agents: Agents
  readonly chats: Chats
  /** Agents that agents ask for. */
  readonly children: Children
  readonly wirings: Wirings
  readonly destinations: Destinations
  /** Who is known, and what they may. */
  readonly people: People
  /** Whom the agents of sessions have heard. */
  readonly heard: Heard
  /** Events of strangers that wait for a person to let them in. */
  readonly held: HeldEvents
  readonly sessions: Sessions
  readonly incidents: Incidents
  /** What people decide, and the cards that ask them. */
  readonly approvals: Approvals
  readonly approvalCards: ApprovalCards
  /** What becomes of what agents ask for. */
  readonly policies: Policies
  /** What was decided, done and refused. */
  readonly audit: Audit
  /** What platforms have queued, for when they say what became of it. */
  readonly receipts: Receipts
  /** What has ended and been kept for long enough is archived and removed. */
  readonly retention: Retention
  /** What the adapter of a channel keeps; `instance` is `''` where there is only one. */
  readonly channelState: (channelType: string, instance: string) => ChannelState
  /** Both sides' messages of each session, and what became of them. */
  readonly mailboxes: MailboxStore
  /**
   * The active session of a request, with its folder; concurrent calls, of other processes too,
   * give one session. Durable. Throws `not-found` for an unknown agent or chat, `io`, `disk-full`.
   */
  resolveSession(request: SessionRequest): Promise<ResolvedSession>
  /** Whether an agent may write to a target, strangers left aside; false for what is unknown. */
  hasDestination(agentGroupId: string, target: DestinationTarget): Promise<boolean>
  /**
   * Whose a message is, by the id of its row; undefined where no session has it. Opens one session
   * after the other, the ones last active first, so it is for people, not for programs that do much.
   * Sessions whose files cannot be read are passed over.
   */
  findMessage(id: string): Promise<FoundMessage | undefined>
  /**
   * What happened to a message, in order of time: of an inbound row, with all that was said in answer
   * to it; of an outbound row, with what it answers and the other answers to that. From the rows and
   * the events of its session; with a `reader`, from what the container says of its turn as well.
   * Undefined where no session has it.
   */
  trace(id: string, options?: TraceOptions): Promise<MessageTrace | undefined>
  /**
   * Forgets a person: removes what they have written, what was said in answer (in a conversation in
   * which nobody else has spoken: all of it), attachments, archive, events, and what the central
   * database knows of it, and overwrites the bytes. The agent's memory of each conversation they took
   * part in goes whole, for it cannot be taken apart: its container is ended and begins anew. What is
   * not reached is said in the report. May be done again, and has to be after a crash. Opens every
   * session; it is for an operator.
   *
   * Throws `bad-option`, `home-in-use` where a host runs and no `hold` is given, `bad-state` where
   * another program reads one of the files, `io`, `disk-full`, `corrupt`.
   */
  forget(person: Person, options?: ForgetOptions): Promise<ForgetReport>
  /** A local name from any text. */
  normalizeName(text: string): string
  /**
   * What happens in this home, in order: after the event of a cursor, from the `'beginning'`, or,
   * where `from` is left out, from now (the moment of this call). First what the databases know,
   * then what happens, without a gap and each once. Goes on until the loop is left, the signal
   * aborts or the core is closed; the last two end it without an error.
   *
   * A consumer that keeps the cursor of the last event it has dealt with, and begins there after a
   * restart, gets every event at least once. A power cut takes events back only with what they
   * tell of. An event costs no memory while it waits for its consumer, however slow: it is read
   * again from the databases. Told live is what this core does; what another process writes into
   * the same home (one does at a time) is there for those who subscribe afterwards.
   *
   * A session whose file is corrupt, or newer than this release, is passed over with an error in the
   * log; one that has been removed, and kinds of events that only a later release knows, silently.
   * Whatever else stands in the way of reading ends the loop with its error: `io` (too many open
   * files, a file that another program has kept locked for some seconds), `disk-full`. Subscribe
   * again from the last cursor then.
   *
   * Events go with the rows that they tell of, when an agent need not keep them any longer
   * (`retentionDays`). A consumer that has been away for so long that some were removed which it has
   * not had gets `bad-state`, never a gap that it does not see: it begins at the `'beginning'` then,
   * which gives what is left.
   *
   * Throws `closed`, and `bad-option` for what is no cursor of this home, and for one above all that
   * it has given: a copy from before has been restored.
   */
  subscribe(from?: string, options?: SubscribeOptions): AsyncIterable<CoreEvent>
  /**
   * Holds this home for one who runs its containers, so that a second one does not end them: a host
   * does so while it runs. Held until it is released, this core is closed or the process has ended,
   * however it ends. It keeps nobody from reading and writing: that one process at a time writes is
   * up to those who open the home.
   *
   * Throws `home-in-use` when it is held, by whichever process and core; `io`, `disk-full`.
   */
  lockHome(): Promise<HomeLock>
  /**
   * Ends subscriptions, lets the home go and closes the central database; mailboxes are their
   * openers' to close.
   */
  close(): Promise<void>
  [Symbol.asyncDispose](): Promise<void>
}
