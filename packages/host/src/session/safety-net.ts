import type { Core, Session } from '@nanoclaw/core'
import { ChangedFiles } from './changed-files.ts'
import type { ContainerKeeper } from './container-keeper.ts'
import type { Drainer } from './drainer.ts'
import { isLogStarved } from './log-size.ts'
import type { Typing } from './typing.ts'
import type { WorkWatch } from './work-watch.ts'

/** What a safety net looks at, and whom it tells. */
export interface SafetyNetDeps {
  readonly core: Pick<Core, 'layout' | 'journal'>
  readonly session: Session
  readonly work: Pick<WorkWatch, 'due' | 'isDue' | 'isStale'>
  readonly drainer: Pick<Drainer, 'ring' | 'rings'>
  readonly keeper: Pick<ContainerKeeper, 'isActive' | 'isRunning' | 'look' | 'kill'>
  readonly typing: Typing
  /** Asks `inbound.db` what waits, and wakes the container for it. */
  lookAgain(): Promise<void>
  /** Wakes the container for what is known. */
  wake(): void
  trouble(kind: string, message: string): void
}

/** Ticks in a row in which the files of a session that rings are left alone. */
const trustedAtMost = 4

/**
 * What one session that is awake is looked at for with each tick: rows that others have written, rings
 * that were lost, the heartbeat, a reader that never ends. A session in which nothing was written costs
 * a few looks at the file system and no query, one whose container has rung since the last tick not even
 * these, but every fifth time: its rings come through.
 */
export class SafetyNet {
  readonly #deps: SafetyNetDeps
  readonly #inboundDb: string
  readonly #inbound: ChangedFiles
  readonly #outbound: ChangedFiles
  /** At the last tick. */
  #rings: number
  #trusted = 0

  constructor(deps: SafetyNetDeps) {
    const { core, session } = deps
    const { inboundDb, outboundDb } = core.layout.session(session.agentGroupId, session.id)
    // What every commit writes to.
    const written = (path: string): string => (core.journal === 'wal' ? `${path}-wal` : path)
    this.#deps = deps
    this.#rings = deps.drainer.rings
    this.#inboundDb = inboundDb
    this.#inbound = new ChangedFiles([written(inboundDb)])
    this.#outbound = new ChangedFiles([written(outboundDb)])
  }

  async look(): Promise<void> {
    const { work, drainer, keeper, typing } = this.#deps
    const isTrusted = this.#isTrusted()
    // A look that failed, whoever made it, is made again though nobody has written since.
    const isWanted = work.isStale || (!isTrusted && (await this.#inbound.haveChanged()))
    if (isWanted) await this.#lookInto()
    // The question whether one is wanted can fail, too, and ends the keeping.
    if (work.isDue && !keeper.isActive) this.#deps.wake()
    if (!keeper.isRunning) return
    if (!isTrusted && (await this.#outbound.haveChanged())) {
      drainer.ring()
      this.#rings = drainer.rings
    }
    typing.showAgain(work.due)
    await keeper.look()
  }

  #isTrusted(): boolean {
    const { rings } = this.#deps.drainer
    const hasRung = rings !== this.#rings
    this.#rings = rings
    this.#trusted = hasRung && this.#trusted < trustedAtMost ? this.#trusted + 1 : 0
    return this.#trusted > 0
  }

  async #lookInto(): Promise<void> {
    try {
      await this.#deps.lookAgain()
      await this.#lookAtLog()
    } catch (error) {
      this.#inbound.forget()
      throw error
    }
  }

  /** It grows only with what is written. */
  async #lookAtLog(): Promise<void> {
    const { keeper, trouble } = this.#deps
    if (!keeper.isRunning || !(await isLogStarved(this.#inboundDb))) return
    trouble('inbound-starved', 'the container reads inbound.db without end; it is ended')
    await keeper.kill('it reads inbound.db without end')
  }
}
