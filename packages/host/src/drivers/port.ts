/**
 * The port between the host and whatever runs a session's container. One driver a file
 * stands beside this one; `driverConformance` in `@nanoclaw/host/testing` is the suite that
 * every implementation passes.
 */

/** What a driver can promise. The mailbox and `chooseDriver` decide by these, never by name. */
export interface DriverCapabilities {
  /**
   * Host and container see one kernel, so that shared memory of SQLite's WAL is coherent.
   * When false, both files run in DELETE mode and the host opens them per operation.
   */
  readonly sharedKernel: boolean
  /** `none` runs with all rights of the daemon; the others hold a hostile runner. */
  readonly isolation: 'none' | 'sandbox' | 'container'
}

/** Outcome of a probe: usable, or why not and what the operator can do about it. */
export type ProbeResult =
  { readonly ok: true } | { readonly ok: false; readonly reason: string; readonly remedy: string }

/** Host paths of what one session's container may see. All absolute. */
export interface ContainerFolders {
  /** Written by the host, read-only in the container (not enforced where isolation is `none`). */
  readonly inbound: string
  /** Written by the container: `outbound.db`, `outbox/`, `.heartbeat`. */
  readonly outbound: string
  /** The agent's own folder, writable; the runner's working directory. */
  readonly agent: string
  /**
   * Files that are mounted read-only over the agent's folder under their base name
   * (`…/AGENTS.md` → `/workspace/agent/AGENTS.md`). They may lie in that folder or elsewhere.
   * A driver without isolation leaves them alone.
   */
  readonly agentReadonly?: readonly string[]
  /** Host only. Never visible inside. */
  readonly private: string
}

/** The program that is run: a self-contained folder and the Node that runs it. */
export interface RunnerProgram {
  /** Self-contained folder (`dist/runner`), readable by everybody; read-only inside. */
  readonly folder: string
  /** File in that folder, usually `runner.js`. */
  readonly entry: string
  /** Host path of the node binary, usually `process.execPath`. */
  readonly node: string
  /**
   * Options of node, which its worker threads have, too. Default: `--single-threaded
   * --max-semi-space-size=2`, which saves memory where a session is one thread of light work; give none
   * (`[]`) to a provider that computes, or collects much garbage.
   */
  readonly nodeFlags?: readonly string[] | undefined
}

/** All that a driver needs to start one container. */
export interface ContainerSpec {
  /** Id of this installation (`meta.install_id`), so that others' containers are never touched. */
  readonly installId: string
  /** The session that it serves. */
  readonly sessionId: string
  /** Fencing number of this container; grows with every start of the session. */
  readonly epoch: number
  /** The agent that it runs. */
  readonly agentGroupId: string
  /** What of the host's disk it may see. */
  readonly folders: ContainerFolders
  /** The program it runs. */
  readonly runner: RunnerProgram
  /**
   * Variables that do not depend on paths, and no secrets. The driver adds
   * `SESSION_INBOUND_DB_PATH`, `SESSION_OUTBOUND_DB_PATH` and `SESSION_HEARTBEAT_PATH` with the
   * paths as seen inside, and `HOME` and `PATH`. Nothing of the daemon's own environment gets in.
   */
  readonly env: Readonly<Record<string, string>>
  /** Takes standard error of the container, line by line; longer lines than 8 KiB come cut. */
  readonly log: (line: string) => void
}

/** How a container ended. */
export interface ContainerExit {
  /** The runner's exit code; null when a signal ended it. */
  readonly code: number | null
  /** Name of the signal that ended it, e.g. `SIGKILL`. */
  readonly signal: string | null
  /**
   * Set when the runner's program was never reached (the sandbox could not be set up); one
   * sentence. Such an end says nothing about the messages that were due.
   */
  readonly setupFailure?: string
}

/** A container that this process started. */
export interface Container {
  /** As in the spec. */
  readonly sessionId: string
  /** As in the spec. */
  readonly epoch: number
  /** Process id on the host; for messages, not for signals. */
  readonly pid: number
  /**
   * Rings the container's doorbell: the line `ring` on its standard input. Never throws; a
   * container that has ended, or has not yet read the last ring, is left alone.
   */
  ring(): void
  /**
   * Asks the container to end when its running turn has: the line `leave` on its standard input.
   * Never throws. A container without it keeps its slot until it is idle.
   */
  leave?(): void
  /**
   * Calls the listener when the container rang: a line that is exactly `ring` on its standard
   * output. Rings close together are one call. Everything else is ignored. Rings from before the
   * first listener are remembered as one.
   */
  onRing(listener: () => void): void
  /** Settles once, when nothing of the container runs any more. Never rejects. */
  readonly exited: Promise<ContainerExit>
  /**
   * Asks the container to finish (closes its standard input), kills it after `graceMs`
   * milliseconds. Resolves when it has ended. May be called again.
   */
  stop(graceMs: number): Promise<void>
  /** Ends every process of the container with SIGKILL. Resolves when they are gone. */
  kill(): Promise<void>
}

/** A container that is alive, perhaps the left-over of a daemon that has died. */
export interface ContainerInfo {
  /** Name of the driver that started it. */
  readonly driver: string
  readonly installId: string
  /** `unrecorded`, with epoch 0, where its daemon was killed in the middle of its start. */
  readonly sessionId: string
  readonly epoch: number
  readonly pid: number
}

/**
 * Starts, finds and ends containers of sessions. A signal that aborts, before or meanwhile, ends the
 * call with its reason; a host gives one to each call of `start`, `list` and `end`, and waits no
 * longer than until it aborts.
 */
export interface SessionDriver {
  /** `process`, `bwrap`, or the name of one's own. */
  readonly name: string
  /** Never changes. */
  readonly capabilities: DriverCapabilities
  /** Runs something for real, in the way `start` does, and says whether that worked. */
  probe(signal?: AbortSignal): Promise<ProbeResult>
  /**
   * Starts a container. Resolves when its process runs. When the signal aborts first, nothing of it
   * is left running; one that is resolved with all the same is killed by the host.
   * @throws NanoclawError `bad-option` for a spec it cannot use, `driver-unavailable` when the
   *   program cannot be started, `io` when its folders or its record cannot be prepared. The
   *   signal's reason.
   */
  start(spec: ContainerSpec, signal?: AbortSignal): Promise<Container>
  /**
   * All living containers of this installation (the driver's run folder belongs to one), those of
   * a dead daemon included.
   * @throws The signal's reason.
   */
  list(signal?: AbortSignal): Promise<readonly ContainerInfo[]>
  /**
   * Ends one that `list` returned, for sure; resolves when it is gone. No-op if it already is.
   * @throws NanoclawError `io` when it does not die. The signal's reason.
   */
  end(info: ContainerInfo, signal?: AbortSignal): Promise<void>
  /** Kills everything this driver object has started and resolves when it is gone. */
  stop(): Promise<void>
}
