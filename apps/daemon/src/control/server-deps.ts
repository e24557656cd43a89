import type { TerminalAdapter } from '@nanoclaw/adapters/terminal'
import type { Quiet } from '@nanoclaw/host'
import type { AdminOrder } from '../admin/desk.ts'
import type { AdminReport } from './admin-answer.ts'
import type { DeliveriesReport } from './delivery-report.ts'
import type { ForgetReport } from './forget-report.ts'
import type { RequeueReport, TraceReport } from './ledger-report.ts'
import type { StatusReport } from './protocol.ts'

/** What can be asked about messages, and done with them. */
export interface LedgerDesk {
  deliveries(query: { readonly failed: boolean; readonly limit: number }): Promise<DeliveriesReport>
  /** Undefined: there is no message of that id. */
  trace(id: string): Promise<TraceReport | undefined>
  /** @throws NanoclawError `not-found`, `bad-state`. */
  requeue(id: string): Promise<RequeueReport>
  /**
   * Gives the state that it has then.
   * @throws NanoclawError `not-found`, `bad-state`.
   */
  settle(id: string, as: 'delivered' | 'failed'): Promise<string>
  /** @throws NanoclawError `bad-state`, `io`, `disk-full`. */
  forget(person: ForgetReport['person'], dryRun: boolean): Promise<ForgetReport>
}

/** Where a client that attaches talks. */
export interface ControlRoom {
  readonly terminal: TerminalAdapter
  /** Names for whoever attaches: the agents that answer, and the chat. */
  readonly names: { readonly agent: string; readonly chat: string }
  /** Resolves when everything that was said in the chat has been answered, or never will be. */
  readonly whenQuiet: (signal: AbortSignal) => Promise<Quiet>
}

/** What the server needs of the daemon; itself the room of those who name none. */
export interface ControlServerDeps extends ControlRoom {
  readonly status: () => Promise<StatusReport>
  /** Resolves an incident; whether one with that id was open. */
  readonly resolveIncident: (id: string) => Promise<boolean>
  readonly ledger: LedgerDesk
  /** Does what a command of the table says. Throws NanoclawError, CommandFailure. */
  readonly admin: (order: AdminOrder) => Promise<AdminReport>
  /** The room of a chat that a client names. Throws NanoclawError. Default: there is none. */
  readonly enter?: (chat: string) => Promise<ControlRoom>
  /** How long a client may take to say what it wants. Default 10 s. */
  readonly firstFrameMs?: number
  /** How long a client that was told to go may stay. Default 10 s. */
  readonly partingMs?: number
  readonly logger: { debug(details: object, message: string): void }
}
