import { constants } from 'node:os'

/** What ends a command from outside. */
export interface StopSignals {
  /** Aborts at the first signal, and at the first `interrupt()`. */
  readonly signal: AbortSignal
  /** 128 and the number of the first signal; undefined while none has come. */
  readonly exitCode: number | undefined
  /** As if SIGINT had come: Ctrl-C where the terminal does not make a signal of it. */
  interrupt(): void
  /** Signals have their usual effect again. */
  release(): void
}

/** A terminal and a parent may both pass on one Ctrl-C: so close together, two are one. */
const sameSignalMs = 250

/**
 * The first SIGINT, SIGTERM or SIGHUP asks to stop; a second one ends the process at once, with 128
 * and the signal's number.
 */
export function listenForStop(): StopSignals {
  const controller = new AbortController()
  const names = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const
  let first: number | undefined
  let exitCode: number | undefined
  const listener = (name: NodeJS.Signals): void => {
    const now = performance.now()
    if (first === undefined) {
      first = now
      exitCode = 128 + constants.signals[name]
      controller.abort()
    } else if (now - first > sameSignalMs) process.exit(128 + constants.signals[name])
  }
  for (const name of names) process.on(name, listener)
  return {
    signal: controller.signal,
    get exitCode() {
      return exitCode
    },
    interrupt: () => listener('SIGINT'),
    release() {
      for (const name of names) process.off(name, listener)
    },
  }
}
