import type { TerminalAdapter } from '@nanoclaw/adapters/terminal'
import type { Quiet } from '@nanoclaw/host'
import type { StatusReport } from './protocol.ts'

/** What the server needs of the daemon. */
export interface ControlServerDeps {
  readonly status: () => Promise<StatusReport>
  /** Resolves an incident; whether one with that id was open. */
  readonly resolveIncident: (id: string) => Promise<boolean>
  readonly terminal: TerminalAdapter
  /** Names for whoever attaches: the agent that answers, and the chat. */
  readonly names: { readonly agent: string; readonly chat: string }
  /** Resolves when everything that was said in the chat has been answered, or never will be. */
  readonly whenQuiet: (signal: AbortSignal) => Promise<Quiet>
  /** How long a client may take to say what it wants. Default 10 s. */
  readonly firstFrameMs?: number
  /** How long a client that was told to go may stay. Default 10 s. */
  readonly partingMs?: number
  readonly logger: { debug(details: object, message: string): void }
}
