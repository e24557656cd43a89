import { NanoclawError } from '@nanoclaw/schema'
import { isFaultOperation, type FaultOperation } from './fault-operations.ts'

/** What happens at a call. */
export type Fault =
  | { readonly fault: 'fail'; readonly error: Error }
  | { readonly fault: 'crash-before' | 'crash-after' }

/**
 * Which calls of a core go wrong. A call is counted from the moment its fault was planned, over
 * every core that the plan was given to; each fault comes up once. The operation `any` counts
 * the calls of all, also those that a running subscription makes to read its events. Where several
 * faults fall on one call, the one planned first comes up, the next at the next call of its
 * operation, and so on: two that are planned for the next call fail the next two.
 */
export interface FaultPlan {
  /**
   * The n-th call from now (1: the next) rejects with `error` and has changed nothing. Default: a
   * `NanoclawError` `disk-full`, the failure that a core has to expect of every write. Throws
   * `bad-option` for an unknown operation, and for an `n` that is no whole number from 1.
   */
  failAt(operation: FaultOperation | 'any', n: number, error?: Error): void
  /**
   * The n-th call from now (1: the next) ends its core, as `kill -9` ends a process: before
   * anything of the call, or after all of it, its commit included. That call and every later one
   * of the core and its mailboxes reject with an error that `isSimulatedCrash` recognises and
   * whose code is `closed`; subscriptions end, `close` still resolves. Throws `bad-option` as
   * `failAt` does.
   */
  crashAt(operation: FaultOperation | 'any', n: number, when: 'before' | 'after'): void
  /** What was called since the plan was made, in the order in which the calls began. */
  readonly calls: readonly FaultOperation[]
  /** How many faults have not come up: with one left, a test has tested less than it says. */
  readonly waiting: number
  /** Takes back the faults that have not come up: for looking at what became of it all. */
  clear(): void
  /** Counts one call and says what is to happen at it. For the core that the plan is given to. */
  next(operation: FaultOperation): Fault | undefined
}

interface Planned {
  readonly operation: FaultOperation | 'any'
  left: number
  readonly at: (operation: FaultOperation) => Fault
}

function diskFull(operation: FaultOperation): NanoclawError {
  return new NanoclawError('disk-full', `no room on the disk (simulated, at ${operation})`)
}

function check(operation: string, n: number): void {
  if (operation !== 'any' && !isFaultOperation(operation)) {
    throw new NanoclawError(
      'bad-option',
      `expected one of faultOperations or any, got ${JSON.stringify(operation)}`,
    )
  }
  if (Number.isSafeInteger(n) && n >= 1) return
  throw new NanoclawError('bad-option', `expected the number of a call, from 1, got ${n}`)
}

/** A plan in which nothing goes wrong yet. */
export function createFaultPlan(): FaultPlan {
  const calls: FaultOperation[] = []
  let planned: readonly Planned[] = []
  const plan = (operation: FaultOperation | 'any', n: number, at: Planned['at']): void => {
    check(operation, n)
    planned = [...planned, { operation, left: n, at }]
  }
  return {
    failAt: (operation, n, error) =>
      plan(operation, n, (at) => ({ fault: 'fail', error: error ?? diskFull(at) })),
    crashAt: (operation, n, when) => plan(operation, n, () => ({ fault: `crash-${when}` })),
    calls,
    get waiting() {
      return planned.length
    },
    clear() {
      planned = []
    },
    next(operation) {
      calls.push(operation)
      const counted = planned.filter((each) => [operation, 'any'].includes(each.operation))
      for (const each of counted) each.left -= 1
      const due = counted.find(({ left }) => left <= 0)
      planned = planned.filter((each) => each !== due)
      return due?.at(operation)
    },
  }
}
