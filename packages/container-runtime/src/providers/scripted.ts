import { resolve, sep } from 'node:path'
import { errorMessage } from '@nanoclaw/schema'
import type {
  AgentProvider,
  ProviderEvent,
  ProviderTurn,
  TurnBatch,
  TurnInput,
  TurnRow,
} from '../provider.ts'
import { createEventQueue } from './event-queue.ts'
import { parseScriptedLine, type ScriptedLine } from './scripted-lines.ts'

/** What the scripted provider does to the world; injected, so that tests survive `!crash`. */
export interface ScriptedDeps {
  /** Ends the runner process at once with code 1. */
  readonly crash: () => void
}

/** Thrown inside the script to end the turn with an error event. */
class ScriptedError extends Error {
  readonly event: ProviderEvent
  constructor(event: ProviderEvent) {
    super('the script ends the turn')
    this.event = event
  }
}

/** Tags in what is echoed, so that no echo opens or closes a block, or a passage to be removed. */
function defuse(text: string): string {
  return text.replace(/<(\/?(?:message|internal))/gi, '&lt;$1')
}

function firstLine(text: string): string {
  return text.split('\n', 1)[0] ?? ''
}

/** How many turns the continuation remembers. */
function remembered(continuation: string | undefined): number {
  const turns = Number(continuation ?? 0)
  return Number.isSafeInteger(turns) && turns >= 0 ? turns : 0
}

/** Waits, but no longer than until the turn is stopped. `undefined`: for ever. */
function pause(ms: number | undefined, stopped: AbortSignal): Promise<void> {
  return new Promise((done) => {
    if (stopped.aborted) return done()
    const timer = ms === undefined ? undefined : setTimeout(finish, ms)
    stopped.addEventListener('abort', finish, { once: true })
    function finish(): void {
      clearTimeout(timer)
      stopped.removeEventListener('abort', finish)
      done()
    }
  })
}

async function callTool(
  input: TurnInput,
  line: Extract<ScriptedLine, { command: 'call' }>,
): Promise<string> {
  let args: unknown
  try {
    args = JSON.parse(line.json)
  } catch (error) {
    return `[${line.tool}] bad JSON: ${errorMessage(error)}`
  }
  const { text } = await input.tools.call(line.tool, args)
  return `[${line.tool}] ${firstLine(text)}`
}

async function writeEffect(input: TurnInput, file: string): Promise<string> {
  const folder = resolve(input.agentFolder)
  const path = resolve(folder, file)
  if (!path.startsWith(folder + sep)) return `[effect] ${file} is not in the agent's folder`
  try {
    // Loaded here, for few scripts say it: it takes a start some milliseconds.
    const { appendFile } = await import('node:fs/promises')
    await appendFile(path, `${input.turnId}\n`)
    return ''
  } catch (error) {
    return `[effect] ${errorMessage(error)}`
  }
}

interface Script {
  readonly input: TurnInput
  readonly deps: ScriptedDeps
  readonly stopped: AbortSignal
  readonly put: (event: ProviderEvent) => void
  readonly hand: (event: ProviderEvent) => Promise<void>
}

/** Runs one line; returns its part of the answer, or undefined. */
async function runLine(
  script: Script,
  line: ScriptedLine,
  batch: TurnBatch,
): Promise<string | undefined> {
  const { input, deps, stopped, put } = script
  switch (line.command) {
    case 'say':
      return undefined
    case 'call':
      return defuse(await callTool(input, line))
    case 'sleep':
      await pause(line.ms, stopped)
      return ''
    case 'hang':
      await pause(undefined, stopped)
      return ''
    case 'crash':
      deps.crash()
      return ''
    case 'effect': {
      put({ type: 'tool', name: 'effect', state: 'begun' })
      const said = await writeEffect(input, line.file)
      put({ type: 'tool', name: 'effect', state: 'ended' })
      return defuse(said)
    }
    case 'error':
      throw new ScriptedError({ type: 'error', class: line.class, message: line.message })
    case 'prompt':
      return batch.prompt
    case 'turns':
      return String(remembered(input.continuation))
    case 'echo':
      return `echo: ${defuse(line.text)}`
  }
}

function textOf(row: TurnRow): string | undefined {
  switch (row.entry.kind) {
    case 'chat':
    case 'chat-sdk':
      return row.entry.content.text
    case 'task':
      return row.entry.content.prompt
    default:
      return undefined
  }
}

function block(row: TurnRow, body: string): string {
  const to = (row.from ?? '').replace(/[<>"]/g, '_')
  return `<message to="${to}" reply_to="${row.seq}">${body}</message>`
}

/** What one row adds to the result text: what it said as it is, then a block with its answer. */
async function answerRow(script: Script, row: TurnRow, batch: TurnBatch): Promise<string[]> {
  if (row.entry.kind === 'webhook') {
    return [block(row, `echo: ${defuse(JSON.stringify(row.entry.content.payload) ?? 'null')}`)]
  }
  const text = textOf(row)
  if (text === undefined) return []
  const said: string[] = []
  const answer: string[] = []
  for (const source of text.split(/\r?\n/)) {
    if (script.stopped.aborted) return []
    const line = parseScriptedLine(source)
    if (line.command === 'say') said.push(line.text)
    else answer.push((await runLine(script, line, batch)) ?? '')
  }
  if (answer.length === 0) return said
  const body = answer.filter((part) => part !== '').join('\n')
  return [...said, block(row, body === '' ? 'done' : body)]
}

async function answerBatch(script: Script, batch: TurnBatch): Promise<void> {
  const parts: string[] = []
  for (const row of batch.rows) {
    parts.push(...(await answerRow(script, row, batch)))
    if (script.stopped.aborted) return
  }
  await script.hand({
    type: 'result',
    text: parts.join('\n'),
    through: batch.index,
    continuation: String(remembered(script.input.continuation) + 1),
  })
}

function startTurn(input: TurnInput, deps: ScriptedDeps): ProviderTurn {
  const queue = createEventQueue<ProviderEvent>()
  // Not AbortSignal.any, which costs more than all else of a short turn.
  const stop = new AbortController()
  const stopped = stop.signal
  if (input.signal.aborted) stop.abort()
  else input.signal.addEventListener('abort', () => stop.abort(), { once: true })
  const script: Script = { input, deps, stopped, put: queue.put, hand: queue.hand }
  const batches: TurnBatch[] = [{ index: 0, rows: input.rows, prompt: input.prompt }]
  let closed = false
  let working = false

  async function work(): Promise<void> {
    if (working) return
    working = true
    try {
      for (let next = batches.shift(); next !== undefined; next = batches.shift()) {
        if (stopped.aborted) break
        await answerBatch(script, next)
      }
    } catch (error) {
      closed = true
      const message = errorMessage(error)
      queue.put(
        error instanceof ScriptedError
          ? error.event
          : { type: 'error', class: 'retryable', message },
      )
    }
    working = false
    if (closed || stopped.aborted) queue.end()
  }

  stopped.addEventListener('abort', () => queue.end(), { once: true })
  void work()
  return {
    events: queue.events,
    push: (batch) => {
      batches.push(batch)
      void work()
    },
    close: () => {
      closed = true
      if (!working) queue.end()
    },
    interrupt: () => stop.abort(),
  }
}

/**
 * The provider without a model (session protocol §10): it answers every row by its text, line by
 * line. For tests, demonstrations and the first minute.
 */
export function createScriptedProvider(deps: ScriptedDeps): AgentProvider {
  return { name: 'scripted', startTurn: (input) => startTurn(input, deps) }
}
