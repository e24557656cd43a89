import type { ToolResult } from '../provider.ts'
import type { ToolInput } from './text-input.ts'

/** One entry of the address book. */
export interface KnownDestination {
  readonly name: string
  readonly displayName: string
  readonly type: 'channel' | 'agent'
}

/** A row that a tool call made, or had made before a crash. */
export interface SentRow {
  readonly seq: number
  /** The same call of an interrupted try had made it. */
  readonly repeated: boolean
}

/** What became of something that the host was asked to do. */
export type RequestOutcome =
  | { readonly outcome: 'done'; readonly text: string }
  | { readonly outcome: 'refused'; readonly reason: string }
  /** Nothing yet: what comes of it comes as a message. */
  | { readonly outcome: 'waiting' }

/** What a tool may do to its session; bound to one call of one turn. */
export interface ToolContext {
  /** The live address book. */
  destinations(): Promise<readonly KnownDestination[]>
  /** Whether a name means somebody: one of {@link destinations}, or what it was called when the turn began. */
  isKnown(name: string): Promise<boolean>
  /** Commits a chat message at once. `to` is known. */
  send(to: string, text: string): Promise<SentRow>
  /** Asks the host for a system action, and waits some seconds for what becomes of it. */
  request(action: string, content: Readonly<Record<string, unknown>>): Promise<RequestOutcome>
}

/** A tool in the form of the Model Context Protocol, served in process. */
export interface Tool<Args> {
  readonly name: string
  readonly description: string
  readonly input: ToolInput<Args>
  call(args: Args, context: ToolContext): Promise<ToolResult>
}
