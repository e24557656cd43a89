import type { TerminalAdapter } from '@nanoclaw/adapters/terminal'
import type { StatusReport } from './protocol.ts'

/** What the server needs of the daemon. */
export interface ControlServerDeps {
  readonly status: () => Promise<StatusReport>
  readonly terminal: TerminalAdapter
  /** Names for whoever attaches: the agent that answers, and the chat. */
  readonly names: { readonly agent: string; readonly chat: string }
  /** Resolves when everything that was said in the chat has been answered. */
  readonly whenQuiet: (signal: AbortSignal) => Promise<void>
  readonly logger: { debug(details: object, message: string): void }
}
