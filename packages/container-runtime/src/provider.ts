import type { InboundContent } from '@nanoclaw/schema'

/** A row as a provider sees it; the same rows stand in the prompt, as text. */
export interface TurnRow {
  /** `in-` and a UUID; the same for ever. */
  readonly id: string
  /** The number the agent knows it by. */
  readonly seq: number
  /** ISO-8601 UTC. */
  readonly timestamp: string
  /** Local name of the place it came from, else `unknown:<channel>:<id>`; undefined for no place. */
  readonly from: string | undefined
  /** What it says; `unreadable` when the content is not of the row's kind. */
  readonly entry: InboundContent | UnreadableContent
}

/** Content that could not be parsed; shown to the model as it stands. */
export interface UnreadableContent {
  /** Tells it apart from content that could. */
  readonly kind: 'unreadable'
  /** The text of the column, as it is. */
  readonly content: { readonly raw: string }
}

/** What the model is told about a tool. */
export interface ToolDescription {
  /** What `call` knows it by. */
  readonly name: string
  /** What it does and when to use it, for the model. */
  readonly description: string
  /** JSON Schema of the arguments. */
  readonly inputSchema: Readonly<Record<string, unknown>>
}

/** What a tool answered. An error is an answer too: it is the model's to mend. */
export interface ToolResult {
  /** For the model. */
  readonly text: string
  /** True where the tool has not done what was asked. */
  readonly isError: boolean
}

/** The tools of one turn. `call` never rejects for what the model did wrong. */
export interface ToolCaller {
  /** What there is; the same for a whole turn. */
  list(): readonly ToolDescription[]
  /** Runs one to its end. An unknown name or wrong arguments are answered with `isError`. */
  call(name: string, args: unknown): Promise<ToolResult>
}

/** A batch of rows and the prompt made of them. Index 0 begins the turn, later ones are pushed. */
export interface TurnBatch {
  /** From 0, one more for each batch of the turn. */
  readonly index: number
  /** Empty when the runner itself has something to say, such as what was wrong with the output. */
  readonly rows: readonly TurnRow[]
  /** The rows as text for the model, envelopes and all (session protocol §6). */
  readonly prompt: string
}

/** All that a provider needs for one turn. */
export interface TurnInput {
  /** The same when a turn that was cut off is run again. */
  readonly turnId: string
  /** Those of batch 0. */
  readonly rows: readonly TurnRow[]
  /** That of batch 0; it also tells what an interrupted run of this turn has sent and begun. */
  readonly prompt: string
  /** To be appended to the model's system prompt. */
  readonly systemAddendum: string
  /** What this provider returned last, or undefined: a new conversation. */
  readonly continuation: string | undefined
  /** What the model may call in this turn. */
  readonly tools: ToolCaller
  /** Working directory of the agent, absolute, as the container sees it; writable. */
  readonly agentFolder: string
  /** Aborted when the turn must end now, whatever is in flight. */
  readonly signal: AbortSignal
}

/**
 * What a turn reports.
 * - `progress`: something happened; a note for logs.
 * - `tool`: a tool of the provider's own, whose effects the runner cannot undo, begins or ends.
 * - `result`: the model has answered every batch up to index `through`. `continuation` is what to
 *   give back at the next turn.
 * - `error`: the turn failed and is over. `retryable`: the same batch may succeed later.
 */
export type ProviderEvent =
  | { readonly type: 'progress'; readonly note: string }
  | { readonly type: 'tool'; readonly name: string; readonly state: 'begun' | 'ended' }
  | {
      readonly type: 'result'
      readonly text: string
      readonly through: number
      readonly continuation?: string
    }
  | { readonly type: 'error'; readonly class: 'retryable' | 'fatal'; readonly message: string }

/**
 * One run of a model. `events` is read once, to its end; it ends after `close` when every batch
 * has been answered, after `interrupt`, after an `error`, or when the signal is aborted.
 *
 * The runner asks for the next event only when it has committed the one it got. After a `result`
 * a provider does nothing for later batches, above all calls no tool, until it is asked: what it
 * called before a result is booked as done by the rows of that result, and is not looked for again
 * when the later rows are run a second time.
 */
export interface ProviderTurn {
  /** To be read once, by one reader. */
  readonly events: AsyncIterable<ProviderEvent>
  /** Adds a batch with the next index. Never after `close`. */
  push(batch: TurnBatch): void
  /** No more batches will come. */
  close(): void
  /** Stop what the model is doing; a result may be missing. */
  interrupt(): void
}

/** A model, or what stands in for one. `providerConformance` is the suite that every one passes. */
export interface AgentProvider {
  /** Keys its continuation in the session; the `provider` of the agents that have it. */
  readonly name: string
  /**
   * Begins a turn and returns at once; one runs at a time. What goes wrong is an `error` event; what
   * is thrown, here or by `events`, counts as a retryable one.
   */
  startTurn(input: TurnInput): ProviderTurn
}
