import { TerminalHub } from './terminal/terminal-hub.ts'
import type { TerminalAdapter, TerminalAdapterOptions } from './terminal/types.ts'

/**
 * The channel `terminal`: one chat that any number of consoles share, in this process or behind a
 * socket. `health` is `down` while none is attached.
 */
export function createTerminalAdapter(options: TerminalAdapterOptions = {}): TerminalAdapter {
  return new TerminalHub(options)
}

export { createInteractiveConsole } from './terminal/interactive-console.ts'
export type {
  HistoryStore,
  InteractiveConsole,
  InteractiveConsoleOptions,
  InteractiveEnd,
} from './terminal/interactive-console.ts'
export type { TerminalOutput } from './terminal/interactive-screen.ts'
export { createPipedConsole } from './terminal/piped-console.ts'
export type { PipedConsole, PipedConsoleOptions, PipedSummary } from './terminal/piped-console.ts'
export type {
  AttachedTerminal,
  SubmitTarget,
  TerminalAdapter,
  TerminalAdapterOptions,
  TerminalConsole,
  TerminalMessage,
  TerminalPerson,
} from './terminal/types.ts'
