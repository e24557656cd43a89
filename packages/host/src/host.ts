import type { ChannelAdapter } from '@nanoclaw/adapters'
import type { ChatWords, Core, Delivery, Logger, OutboundReader } from '@nanoclaw/core'
import type { ForgetReport, Person } from '@nanoclaw/core'
import type { PolicyOverride } from './delivery/policies.ts'
import type { RunnerProgram, SessionDriver } from './drivers/port.ts'
import type { DriverDeps } from './drivers/process.ts'
import type { OperatorPlace, OperatorSink, OperatorStatus } from './operator/operator-sink.ts'
import type { ForgetPersonOptions, RequeueResult } from './session/by-hand.ts'
import type { Quiet } from './session/quiet-watch.ts'
import type { HostLimits } from './limits.ts'
import type { HostSettings } from './settings.ts'

/** A runner as the embedder names it: `runner` of `@nanoclaw/container-runtime`, or one's own. */
export type HostRunner = Omit<RunnerProgram, 'node'> & {
  /** Absolute path of the node binary that runs it. Default: `process.execPath`. */
  readonly node?: string
}

/** Makes the driver of one installation: `createProcessDriver`, `createBwrapDriver`, one's own. */
export type MakeSessionDriver = (deps: DriverDeps) => SessionDriver

/** What a host is made of. Core, adapters and driver are enough, with the runner to put in. */
export interface HostOptions {
  /** The caller's: to be closed after `stop`. */
  readonly core: Core
  /** One per channel type and instance. Started by `start`; those that were, stopped by `stop`. */
  readonly adapters: readonly ChannelAdapter[]
  /** What runs the containers, or what makes it; stopped by `stop`. */
  readonly driver: SessionDriver | MakeSessionDriver
  /** The program that is put into containers. */
  readonly runner: HostRunner
  /**
   * What reads the files that containers wrote. Default: a process of the host's own, stopped by
   * `stop`. One that is given stays the caller's.
   */
  readonly reader?: OutboundReader | undefined
  /** Default: silent. */
  readonly logger?: Logger | undefined
  /** What is left out, or `undefined`, is as in `defaultSettings`. */
  readonly settings?: Partial<HostSettings> | undefined
  /** How much one session may take. What is left out, or `undefined`, is as in `defaultLimits`. */
  readonly limits?: Partial<HostLimits> | undefined
  /** What a channel has of its own, over the settings. Asked once for each channel. */
  readonly deliveryPolicy?: PolicyOverride | undefined
  /**
   * Who is told of incidents, asked in this order until one takes it; a place is a chat of these
   * adapters. Default: nobody, they are kept.
   */
  readonly operatorSinks?: readonly (OperatorSink | OperatorPlace)[] | undefined
  /**
   * What is said in a chat once when its messages cannot be answered, and once when they can again.
   * Default: {@link defaultChatWords}; `false`: nothing.
   */
  readonly chatWords?: ChatWords | false | undefined
  /** The adapters' way out to the network. Default: `globalThis.fetch`. */
  readonly fetch?: typeof fetch | undefined
  /** 0 to 1; default `Math.random`. For the jitter of back-offs. */
  readonly random?: (() => number) | undefined
}

/** How a host stands. */
export interface HostStatus {
  /** The driver's name. */
  readonly driver: string
  /** Containers that run or start. */
  readonly containers: number
  /** How many may, at most. */
  readonly maxContainers: number
  /** Sessions that wait for a container because all slots are taken. */
  readonly waitingForContainer: number
  /** Sessions that something goes on in. */
  readonly awakeSessions: number
  /** One entry per adapter, in the order given. */
  readonly channels: readonly ChannelStatus[]
  /** How telling the operator does. */
  readonly operator: OperatorStatus
}

/** How a channel stands, as its adapter says. */
export interface ChannelStatus {
  readonly channelType: string
  /** `''` for the only one of its type. */
  readonly instance: string
  readonly state: 'connected' | 'degraded' | 'down'
  /** Since when, ISO-8601 UTC. */
  readonly since: string
  /** What is wrong; always there unless `connected`. */
  readonly why?: string | undefined
}

/** A running system: channels, sessions, containers. Its clock and ids are the core's. */
export interface Host extends AsyncDisposable {
  /**
   * Holds the home, ends containers that a dead process left, wakes what is due, starts the
   * adapters; resolves when all of them have started. One that takes longer than 5 s is told to the
   * logger; the others work meanwhile. A second call resolves with the first; its signal ends its own
   * waiting. When the first rejects, or its signal aborts it, nothing is left running, and the host is
   * one that has been stopped.
   * @throws NanoclawError `closed` after `stop`; `home-in-use` when another host runs on the home, in
   *   whichever process; `bad-option` when there is no runner; `io` when no reader process can be
   *   started or a left-over container does not die. The error of an adapter that waiting cannot
   *   mend. The signal's reason.
   */
  start(signal?: AbortSignal): Promise<void>
  /**
   * Takes nothing new, gives running turns their grace (`graceMs`), finishes what is being sent,
   * ends everything, lets the home go; also a `start` that is under way. A second call resolves with
   * the first.
   *
   * What hangs does not keep the rest: messages on their way in, sessions, then adapters, driver and
   * reader are each waited for at most `graceMs` and 5 s (sessions: twice `graceMs` and 5 s). An adapter that fails or is late is told to the logger.
   * @throws AggregateError when all else has ended, of what of the host's own (sessions, driver,
   *   reader) failed to end, or was late.
   */
  stop(): Promise<void>
  /**
   * One more adapter, for a host that runs (or will): it is started like those that were there from
   * the beginning, and what waits for its channel goes on. Resolves when it has started.
   * @throws NanoclawError `bad-option` for a channel type and instance that the host has already,
   *   `closed` after `stop`. The error of an adapter that waiting cannot mend; it is gone again then.
   */
  add(adapter: ChannelAdapter): Promise<void>
  /**
   * Resolves when every row of a chat has ended, and all that was said in answer; at once if that
   * is so. Before `start` it waits for it: nothing is woken by asking.
   * @throws NanoclawError `not-found` for an unknown chat, `closed` after `stop`. The signal's reason.
   */
  whenQuiet(messagingGroupId: string, signal?: AbortSignal): Promise<Quiet>
  /**
   * Lifts a session's quarantine: its incident is resolved, and what waits in it goes on. Waits
   * for the end of what still runs in it, at most the grace. False when it is in none. To be
   * called when its outbound folder has been looked at.
   * @throws The signal's reason; the session is released even so, unless it had aborted before.
   */
  release(sessionId: string, signal?: AbortSignal): Promise<boolean>
  /**
   * Lets a message go through again. One of an agent that failed or was refused is sent again, but for
   * the parts of it that have arrived, and so is one that a person is asked about (`delivery-ambiguous`).
   * One for an agent that waits because its turn was interrupted, runs; one that has failed is
   * appended as a new one. Incidents that this was about are resolved. Waits for `start`.
   * @throws NanoclawError `not-found` for an id that no message has, `bad-state` for a message of which
   *   none of this is true, `closed` after `stop`. The signal's reason; it may have been queued even so.
   */
  requeue(id: string, signal?: AbortSignal): Promise<RequeueResult>
  /**
   * Says what became of a message that a person is asked about. When a part of it is `delivered`, the
   * parts after it are sent; when it is `failed`, its agent is told. The incident is resolved. Waits
   * for `start`.
   * @throws NanoclawError `not-found`, `bad-state` for a message that nobody is asked about, `closed`
   *   after `stop`. The signal's reason.
   */
  settle(messageOutId: string, as: 'delivered' | 'failed', signal?: AbortSignal): Promise<Delivery>
  /**
   * Gives up the messages of a session that wait because their turn was interrupted: they end failed,
   * with the notice in the chat, and the incident is resolved. False when there are none. Waits for
   * `start`.
   * @throws NanoclawError `closed` after `stop`. The signal's reason.
   */
  letBe(sessionId: string, signal?: AbortSignal): Promise<boolean>
  /**
   * Ends a session's container in its grace and makes its agent forget the conversation, as
   * `core.clearSession` does; what waits in it is answered by an agent that knows nothing of it. False for
   * a session that there is not. `by` is whose word it is, for the audit log: an id, or `operator`, the
   * default. Waits for `start`.
   * @throws NanoclawError `io`, `disk-full`, `closed` after `stop`. The signal's reason; it goes on even so.
   */
  clear(sessionId: string, by?: string, signal?: AbortSignal): Promise<boolean>
  /**
   * Forgets a person, as `core.forget` does, while it runs: the container of each session they took
   * part in is ended first, with its grace. Waits for `start`. What the report says was `left` is to be
   * done again in a moment.
   * @throws NanoclawError as `core.forget`, `closed` after `stop`. The signal's reason; it goes on even so.
   */
  forget(person: Person, options?: ForgetPersonOptions): Promise<ForgetReport>
  /** How things stand now; from memory. */
  status(): HostStatus
}
