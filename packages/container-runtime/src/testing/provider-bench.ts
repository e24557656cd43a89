import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type {
  AgentProvider,
  ProviderEvent,
  ProviderTurn,
  ToolCaller,
  ToolResult,
  TurnBatch,
  TurnInput,
} from '../provider.ts'

/** What the suite says to the provider, and how long it waits. */
export interface ProviderConformanceOptions {
  /** A message that the provider, or the model behind it, answers with some text. */
  readonly ordinaryText: string
  /** A message that keeps it busy until it is interrupted. Without one, the ends are tried in a turn that may be over already. */
  readonly endlessText?: string
  /** A message that makes it call a tool of the runner's. Without one, the cases about tools are left out. */
  readonly toolText?: string
  /** A message that makes it use a tool of its own, reported by `tool` events. Without one, that case is left out. */
  readonly ownToolText?: string
  /** A message at which its turn fails. Without one, the case about errors is left out. */
  readonly failingText?: string
  /** The longest that one turn, or the making of a provider, may take, in milliseconds. Default 20,000. */
  readonly patienceMs?: number
}

/** A promise of the port, why the runner relies on it, and how it is tried. */
export interface ProviderPromise {
  readonly name: string
  readonly why: string
  /** The text without which it cannot be tried. */
  readonly needs?: 'toolText' | 'ownToolText' | 'failingText'
  /** Rejects with what the provider did instead. */
  check(bench: ProviderBench): Promise<void>
}

/** A turn under test. */
export interface StartedTurn {
  readonly turn: ProviderTurn
  readonly abort: AbortController
}

/** What a case works with: a provider of its own, in a folder of its own. */
export interface ProviderBench {
  readonly provider: AgentProvider
  readonly options: ProviderConformanceOptions
  /** Another one of the same making. */
  again(): Promise<AgentProvider>
  /** Starts a turn with one message, `by` this provider or another. */
  start(text: string, more?: Partial<TurnInput>, by?: AgentProvider): StartedTurn
  /**
   * Reads a turn's events to their end; `onResult` is what the runner does after each result, by
   * default to close the turn. Fails when the end does not come in time.
   */
  read(turn: ProviderTurn, onResult?: OnResult): Promise<ProviderEvent[]>
}

/** What is done after the n-th result, counted from 1. */
export type OnResult = (
  event: Extract<ProviderEvent, { type: 'result' }>,
  nth: number,
) => void | Promise<void>

/** A batch with one chat message. */
export function batch(index: number, text: string): TurnBatch {
  const seq = 2 * index + 2
  const id = `in-00000000-0000-7000-8000-${String(seq).padStart(12, '0')}`
  const content = { text, sender: 'Ann', senderId: 'u1' }
  const timestamp = '2026-11-22T14:05:00.000Z'
  return {
    index,
    rows: [{ id, seq, timestamp, from: 'family', entry: { kind: 'chat', content } }],
    prompt: `<message id="${seq}" from="family" sender="Ann">${text}</message>`,
  }
}

/** The tools of a turn, of which every call is answered by `answer`. */
export function toolsAnswering(answer: () => Promise<ToolResult>): ToolCaller {
  return { list: () => [], call: answer }
}

/** The events in a few words, for messages. */
export function told(events: readonly ProviderEvent[]): string {
  const words = events.map((event) => {
    if (event.type === 'result') return `result through ${event.through}`
    if (event.type === 'error') return `${event.class} error (${event.message})`
    return event.type === 'tool' ? `${event.name} ${event.state}` : event.type
  })
  return words.length === 0 ? 'no events' : words.join(', ')
}

/** The `through` of every result. */
export function answeredThrough(events: readonly ProviderEvent[]): number[] {
  return events.flatMap((event) => (event.type === 'result' ? [event.through] : []))
}

async function within<T>(ms: number, work: Promise<T>, late: () => string): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined
  const timeout = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(late())), ms)
  })
  try {
    return await Promise.race([work, timeout])
  } finally {
    clearTimeout(timer)
  }
}

/** Runs `work` on a provider in a temporary folder, and removes the folder. */
export async function withProviderBench(
  make: () => AgentProvider | Promise<AgentProvider>,
  options: ProviderConformanceOptions,
  work: (bench: ProviderBench) => Promise<void>,
): Promise<void> {
  const agentFolder = await mkdtemp(join(tmpdir(), 'nanoclaw-provider-'))
  const started: StartedTurn[] = []
  try {
    await work(await createBench(make, options, { agentFolder, started }))
  } finally {
    for (const { abort } of started) abort.abort()
    await rm(agentFolder, { recursive: true, force: true })
  }
}

async function createBench(
  make: () => AgentProvider | Promise<AgentProvider>,
  options: ProviderConformanceOptions,
  { agentFolder, started }: { readonly agentFolder: string; readonly started: StartedTurn[] },
): Promise<ProviderBench> {
  const patienceMs = options.patienceMs ?? 20_000
  const again = async (): Promise<AgentProvider> => {
    const late = (): string => `it had not been made after ${patienceMs} ms`
    return within(patienceMs, Promise.resolve(make()), late)
  }
  const provider = await again()
  const start: ProviderBench['start'] = (text, more = {}, by = provider) => {
    const abort = new AbortController()
    const turn = by.startTurn({
      turnId: `turn-00000000-0000-7000-8000-${String(started.length + 1).padStart(12, '0')}`,
      ...batch(0, text),
      systemAddendum: 'Your destinations: family. Write <message to="family">text</message>.',
      continuation: undefined,
      tools: toolsAnswering(() => Promise.resolve({ text: 'There are no tools.', isError: true })),
      agentFolder,
      signal: abort.signal,
      ...more,
    })
    started.push({ turn, abort })
    return { turn, abort }
  }
  const read: ProviderBench['read'] = async (turn, onResult = () => turn.close()) => {
    const events: ProviderEvent[] = []
    const reading = async (): Promise<void> => {
      for await (const event of turn.events) {
        events.push(event)
        if (event.type === 'result') await onResult(event, answeredThrough(events).length)
      }
    }
    const late = (): string => `its events had not ended after ${patienceMs} ms: ${told(events)}`
    await within(patienceMs, reading(), late)
    return events
  }
  return { provider, options, again, start, read }
}
