import { lstat } from 'node:fs/promises'
import { errorMessage, runnerExit } from '@nanoclaw/schema'
import type { Logger } from '@nanoclaw/core'
import type { Container, ContainerExit } from '../drivers/port.ts'
import type { HostSettings } from '../settings.ts'
import type { SlotHolder, Slots } from './slots.ts'

const firstPauseMs = 100
const longestPauseMs = 60_000
/** Failures in a row after which the operator is told. */
const failuresUntilTold = 3

/** What a keeper needs of its session. */
export interface KeeperDeps {
  /** Agents have slots in turn. */
  readonly agentId: string
  readonly slots: Slots
  readonly settings: HostSettings
  readonly logger: Logger
  readonly heartbeatPath: string
  /**
   * Starts a container under a new epoch, unless the signal aborts: then it is wanted no more.
   * Undefined: none is wanted after all.
   */
  launch(signal: AbortSignal): Promise<Container | undefined>
  onRing(): void
  /** After every end, before anything new begins. */
  onExit(container: Container, exit: ContainerExit): Promise<void>
  /** Whether a row waits for a container now. */
  isWanted(): Promise<boolean>
  /** Whether the container has nothing to do and nothing to come. */
  isIdle(): boolean
  trouble(kind: string, message: string): void
  /** A container could not be started, or ended as none should. */
  onFailure(): void
  /** The state has changed. */
  onChange(): void
}

/**
 * The life of one session's container: at most one at a time, started when a row wants it and a
 * slot is free, ended when it is idle, silent or asked to. Every end is followed by the question
 * whether another is wanted (S3, S4).
 */
export class ContainerKeeper implements SlotHolder {
  readonly #deps: KeeperDeps
  readonly #noMore = new AbortController()
  #container: Container | undefined
  #life: Promise<void> | undefined
  #failures = 0
  #stopping = false
  /** Nobody asks an idle runner to end but us; one that ends by itself, without progress, failed. */
  #isAsked = false
  #hasProgressed = false
  #isDoomed = false
  /** From the launch to the end of one container. */
  #running: Promise<void> | undefined
  /** Somebody waits for its slot. */
  #handsOn = false
  #wokenMeanwhile = false
  #wakePause: (() => void) | undefined
  #lastBeat = 0
  #lastMtime = 0
  #lastLook = 0

  constructor(deps: KeeperDeps) {
    this.#deps = deps
  }

  /** A container runs, starts, or is waited for. */
  get isActive(): boolean {
    return this.#life !== undefined
  }

  get agentId(): string {
    return this.#deps.agentId
  }

  get isRunning(): boolean {
    return this.#container !== undefined
  }

  isIdle(): boolean {
    return this.#container !== undefined && this.#deps.isIdle()
  }

  evict(): void {
    void this.end()
  }

  /** What is wanted still, is asked after the end: it waits for a slot like others. */
  handOn(): void {
    this.#handsOn = true
    if (this.#container === undefined) return
    this.#isAsked = true
    this.#container.leave?.()
  }

  /** Rings the running container, or sees to it that one starts. */
  wake(): void {
    this.#wokenMeanwhile = true
    this.#container?.ring()
    this.#ensureLife()
  }

  /** The container has shown progress: what failed before is forgiven. */
  progressed(): void {
    this.#failures = 0
    this.#hasProgressed = true
  }

  /** Asks the running container to finish and end. */
  async end(): Promise<void> {
    this.#isAsked = true
    await this.#container?.stop(this.#deps.settings.graceMs)
  }

  /** Ends the running container, or the one that is just being started, at once. */
  async kill(reason: string): Promise<void> {
    if (this.#container === undefined) {
      this.#isDoomed = this.#life !== undefined
      return
    }
    this.#deps.logger.warn({ epoch: this.#container.epoch, reason }, 'a container is killed')
    await this.#container.kill()
  }

  /**
   * Ends the container that runs, in its grace, or the one that is being started; resolves when that is
   * done. Another may start then.
   */
  async endThis(): Promise<void> {
    if (this.#running !== undefined && this.#container === undefined) {
      this.#isAsked = true
      this.#isDoomed = true
    } else await this.end()
    await this.#running
  }

  /** No new container; the running one gets its grace. Resolves when it has ended. */
  async stop(): Promise<void> {
    this.#stopping = true
    this.#noMore.abort()
    this.#wakePause?.()
    await this.end()
    await this.#life
  }

  /**
   * Looks at the heartbeat. Only a change of it counts, on our own monotonic clock; a gap in our
   * own looking (a machine that slept) is forgiven (I12, S12).
   */
  async look(): Promise<void> {
    const container = this.#container
    if (container === undefined) return
    const now = performance.now()
    const { tickMs, heartbeatMs } = this.#deps.settings
    const gap = now - this.#lastLook
    this.#lastLook = now
    const info = await lstat(this.#deps.heartbeatPath).catch(() => undefined)
    const mtime = info?.mtimeMs ?? 0
    if (mtime !== this.#lastMtime || gap > 3 * tickMs) {
      this.#lastMtime = mtime
      this.#lastBeat = now
    }
    if (now - this.#lastBeat <= heartbeatMs || container !== this.#container) return
    this.#deps.trouble('container-silent', `no heartbeat for ${heartbeatMs} ms; it is ended`)
    await this.kill('no heartbeat')
  }

  #ensureLife(): void {
    if (this.#life !== undefined || this.#stopping) return
    this.#life = this.#live()
      .catch((error: unknown) => {
        this.#deps.trouble('container-keeper', errorMessage(error))
      })
      .finally(() => {
        this.#life = undefined
        if (this.#wokenMeanwhile) this.#ensureLife()
        this.#deps.onChange()
      })
  }

  async #live(): Promise<void> {
    for (;;) {
      this.#wokenMeanwhile = false
      if (this.#stopping || !(await this.#deps.isWanted())) return
      await this.#pauseAfterFailures()
      if (!(await this.#deps.slots.acquire(this, this.#noMore.signal))) return
      try {
        this.#running = this.#stopping ? undefined : this.#runOnce()
        await this.#running
      } finally {
        this.#deps.slots.release(this)
      }
    }
  }

  async #runOnce(): Promise<void> {
    let container: Container | undefined
    this.#isDoomed = false
    this.#handsOn = false
    this.#isAsked = false
    this.#hasProgressed = false
    try {
      container = await this.#deps.launch(this.#noMore.signal)
    } catch (error) {
      if (this.#stopping) return
      this.#failed(`it could not be started: ${errorMessage(error)}`)
      return
    }
    if (container === undefined) return
    this.#lastLook = this.#lastBeat = performance.now()
    this.#container = container
    container.onRing(() => this.#deps.onRing())
    this.#deps.onChange()
    if (this.#isDoomed) await container.kill()
    else if (this.#stopping) void this.end()
    else if (this.#handsOn) this.handOn()
    const exit = await container.exited
    this.#container = undefined
    await this.#deps.onExit(container, exit)
    const { code, signal, setupFailure } = exit
    const isExpected = this.#isAsked || (code === runnerExit.ok && this.#hasProgressed)
    if (this.#stopping || isExpected) return
    this.#failed(setupFailure ?? `it ended with ${signal ?? `code ${code}`}`)
  }

  #failed(reason: string): void {
    this.#failures += 1
    this.#deps.logger.warn({ failures: this.#failures, reason }, 'a container failed')
    this.#deps.onFailure()
    if (this.#failures < failuresUntilTold) return
    this.#deps.trouble('container-fails', `the container fails again and again: ${reason}`)
  }

  async #pauseAfterFailures(): Promise<void> {
    if (this.#failures === 0) return
    const ms = Math.min(firstPauseMs * 2 ** (this.#failures - 1), longestPauseMs)
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ms)
      this.#wakePause = () => {
        clearTimeout(timer)
        resolve()
      }
    })
    this.#wakePause = undefined
  }
}
