import { performance } from 'node:perf_hooks'

/** What queued work may take of one turn of the event loop, in milliseconds. */
const budgetMs = 4

/** Lets work that has queued up take turns with whatever else the event loop has to do. */
export interface LoopBudget {
  /**
   * To be awaited before each piece of work, which should be a fraction of a millisecond: undefined
   * when it may go on at once, else it resolves in a later turn of the loop, in the order asked.
   */
  turn(): Promise<void> | undefined
}

/**
 * A budget of 4 ms for each turn of the loop, whatever it is spent on since the first piece of that
 * turn. A flood of messages then makes many short turns, in which timers, pipes and other people's
 * work have their share, and not one long one.
 */
export function createLoopBudget(): LoopBudget {
  const waiting: (() => void)[] = []
  const atOnce = Promise.resolve()
  const inTick = (): void => process.nextTick(goOn)
  let isArmed = false
  /** A piece that was let go on has not come to where it waits for something. */
  let isBusy = false
  let turn = -1
  let began = 0

  const isSpent = (): boolean => {
    const { loopCount } = performance.nodeTiming.uvMetricsInfo
    if (loopCount === turn) return performance.now() - began >= budgetMs
    turn = loopCount
    began = performance.now()
    return false
  }
  const arm = (): void => {
    if (isArmed) return
    isArmed = true
    setImmediate(() => {
      isArmed = false
      began = performance.now()
      goOn()
    })
  }
  const goOn = (): void => {
    isBusy = false
    if (waiting.length === 0) return
    if (isSpent()) return arm()
    begin()
    waiting.shift()?.()
  }
  /** A tick runs when all that a piece does at once has been done, however many steps that has. */
  const begin = (): void => {
    isBusy = true
    void atOnce.then(inTick)
  }

  return {
    turn() {
      if (!isBusy && waiting.length === 0 && !isSpent()) {
        begin()
        return undefined
      }
      return new Promise((resolve) => {
        waiting.push(resolve)
        if (!isBusy) arm()
      })
    },
  }
}
