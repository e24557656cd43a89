import {
  heardInRow,
  type Core,
  type HeardFrom,
  type NewInbound,
  type Session,
} from '@nanoclaw/core'
import { placeKey } from '@nanoclaw/schema'
import type { ContainerKeeper } from './container-keeper.ts'

/** What it takes to know whom an agent hears. */
export interface HearingDeps {
  readonly core: Pick<Core, 'heard'>
  readonly session: Session
  keeper(): Pick<ContainerKeeper, 'isActive' | 'endThis'>
}

function keyOf({ place, userId }: HeardFrom): string {
  return `${placeKey(place)}${userId}`
}

/**
 * Whom the agent of one session hears, noted before it does; and that no container which is given a
 * stranger's words has the agent's shared folder, where it could leave them for other sessions (X19).
 */
export class Hearing {
  readonly #deps: HearingDeps
  /** What this process has noted. */
  readonly #known = new Set<string>()
  /** The container that runs, or is being started, may have the shared folder. */
  #isShared = false
  /** Rows keep the order in which they came. */
  #last: Promise<void> | undefined

  constructor(deps: HearingDeps) {
    this.#deps = deps
  }

  /** For a container that is about to start: whether it must do without the agent's shared folder. */
  async isOpen(): Promise<boolean> {
    const { core, session } = this.#deps
    // Until it is known, whoever hears a stranger ends it.
    this.#isShared = true
    const isOpen = await core.heard.isOpen(session)
    this.#isShared = !isOpen
    return isOpen
  }

  /** To be called before rows are appended. What its container is at work on ends in its grace first. */
  prepare(rows: readonly NewInbound[]): Promise<void> | undefined {
    const fresh = rows.filter((row) => this.#isNew(row))
    const isToBeAsked = this.#isShared && this.#deps.keeper().isActive
    if (fresh.length === 0 && !isToBeAsked && this.#last === undefined) return undefined
    const before = this.#last?.catch(() => undefined)
    const turn = Promise.resolve(before)
      .then(() => this.#prepare(fresh))
      .finally(() => {
        if (this.#last === turn) this.#last = undefined
      })
    this.#last = turn
    return turn
  }

  /** With mail comes whom its sender has heard by now. */
  #isNew(row: NewInbound): boolean {
    const isKnown = heardInRow(row).every((heard) => this.#known.has(keyOf(heard)))
    return !isKnown || row.sourceSessionId !== undefined
  }

  async #prepare(fresh: readonly NewInbound[]): Promise<void> {
    const { core, session, keeper } = this.#deps
    if (fresh.length > 0) {
      await core.heard.note(session, fresh)
      for (const heard of fresh.flatMap(heardInRow)) this.#known.add(keyOf(heard))
    }
    if (!this.#isShared || !keeper().isActive) return
    if (await core.heard.isOpen(session)) await keeper().endThis()
  }
}
