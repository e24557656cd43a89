import type { Core } from '@nanoclaw/core'
import { createFaultPlan, type FaultPlan } from '@nanoclaw/core/testing'

/**
 * Which call of a process is its last, counted from 1, of all or of those with one name, and whether
 * that call is still carried out.
 */
export interface CrashPoint {
  readonly n: number
  readonly when: 'before' | 'after'
  readonly operation?: string
}

/** What every call of a process that has died rejects with. */
class Died extends Error {
  override readonly name = 'Died'
}

/**
 * The life of one process, as a count of its calls: of the store, by way of `faults`, and of all that
 * stands outside (adapters, containers), by way of `pass`. At the crash point everything ends at
 * once.
 */
export interface Death {
  /** For the core of this life. */
  readonly faults: FaultPlan
  /** Every call so far, by name, in the order in which they began. */
  readonly calls: readonly string[]
  readonly isDead: boolean
  /** The call that was the last, if the crash point has been reached. */
  readonly last: string | undefined
  /** One call of something outside. */
  pass<T>(operation: string, call: () => Promise<T>): Promise<T>
  /** The core whose calls `faults` counts: it ends when something outside is the last call. */
  of(core: Core): void
}

/** A life that ends at a crash point, or never. */
export function createDeath(point?: CrashPoint): Death {
  const calls: string[] = []
  let core: Core | undefined
  let hasDied = false
  let last: string | undefined

  const isCoreDead = (): boolean => {
    try {
      core?.normalizeName('name')
      return false
    } catch {
      return true
    }
  }
  const isDead = (): boolean => (hasDied ||= isCoreDead())
  const die = (): never => {
    hasDied = true
    // The next call of the store ends it, and what is under way there with it.
    core?.agents.list().catch(() => undefined)
    throw new Died('this process has died')
  }
  const isLast = (operation: string): boolean => {
    calls.push(operation)
    if (point === undefined || last !== undefined) return false
    const counted = calls.filter((name) => name === (point.operation ?? name))
    if ((point.operation ?? operation) !== operation || counted.length !== point.n) return false
    last = operation
    return true
  }

  return {
    faults: {
      ...createFaultPlan(),
      next: (operation) => {
        if (isDead()) return { fault: 'crash-before' }
        return isLast(operation) && point !== undefined
          ? { fault: `crash-${point.when}` }
          : undefined
      },
    },
    calls,
    get last() {
      return last
    },
    get isDead() {
      return isDead()
    },
    async pass(operation, call) {
      if (isDead()) die()
      const isItsLast = isLast(operation)
      if (isItsLast && point?.when === 'before') die()
      const result = await call().catch((error: unknown) => {
        if (isItsLast || isDead()) die()
        throw error
      })
      if (isItsLast || isDead()) die()
      return result
    },
    of(made) {
      core = made
    },
  }
}
