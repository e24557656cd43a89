import assert from 'node:assert/strict'
import type {
  AgentProvider,
  ProviderEvent,
  ProviderTurn,
  ToolResult,
  TurnBatch,
  TurnInput,
  TurnRow,
} from '../provider.ts'

/** One promise of a port, as a test for any runner. */
export interface ConformanceCase {
  readonly name: string
  run(): Promise<void>
}

/** What the suite needs to try a provider. */
export interface ProviderFixture {
  readonly provider: AgentProvider
  /** A folder the provider may write to. */
  readonly agentFolder: string
  /** Text of a message that the provider, or the model behind it, answers with some text. */
  readonly ordinaryText: string
  /** Text of a message that keeps the provider busy until it is interrupted, if there is one. */
  readonly endlessText?: string | undefined
  /** Text of a message that makes the provider call a tool, if there is one. */
  readonly toolText?: string | undefined
  /** Releases what the fixture holds. */
  dispose?(): Promise<void>
}

const deadlineMs = 20_000

function row(seq: number, text: string): TurnRow {
  return {
    id: `in-00000000-0000-7000-8000-${String(seq).padStart(12, '0')}`,
    seq,
    timestamp: '2026-11-22T14:05:00.000Z',
    from: 'family',
    entry: { kind: 'chat', content: { text, sender: 'Ann', senderId: 'u1' } },
  }
}

function batch(index: number, rows: readonly TurnRow[]): TurnBatch {
  const prompt = rows
    .map((one) => {
      const text = one.entry.kind === 'chat' ? one.entry.content.text : ''
      return `<message id="${one.seq}" from="family" sender="Ann">${text}</message>`
    })
    .join('\n')
  return { index, rows, prompt }
}

interface Started {
  readonly turn: ProviderTurn
  readonly abort: AbortController
}

function start(fixture: ProviderFixture, text: string, more: Partial<TurnInput> = {}): Started {
  const abort = new AbortController()
  const first = batch(0, [row(2, text)])
  const noTool: ToolResult = { text: 'There are no tools here.', isError: true }
  const turn = fixture.provider.startTurn({
    turnId: 'turn-00000000-0000-7000-8000-000000000001',
    rows: first.rows,
    prompt: first.prompt,
    systemAddendum: 'Your destinations: family. Write <message to="family">text</message>.',
    continuation: undefined,
    tools: { list: () => [], call: () => Promise.resolve(noTool) },
    agentFolder: fixture.agentFolder,
    signal: abort.signal,
    ...more,
  })
  return { turn, abort }
}

async function within<T>(what: string, work: Promise<T>): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${what} took over ${deadlineMs} ms`)), deadlineMs)
  })
  try {
    return await Promise.race([work, late])
  } finally {
    clearTimeout(timer)
  }
}

/** Reads to the end; `onResult` decides what the caller does after each result. */
async function readAll(
  turn: ProviderTurn,
  onResult: (event: Extract<ProviderEvent, { type: 'result' }>, nth: number) => void,
): Promise<ProviderEvent[]> {
  const events: ProviderEvent[] = []
  let results = 0
  for await (const event of turn.events) {
    events.push(event)
    if (event.type === 'result') onResult(event, (results += 1))
  }
  return events
}

/** Time enough for whatever a provider would do unasked. */
async function letItRun(): Promise<void> {
  for (let turns = 0; turns < 50; turns += 1) await new Promise(setImmediate)
}

type Check = (fixture: ProviderFixture) => Promise<void>

const checks: Readonly<Record<string, Check>> = {
  'answers a batch with a result through its index, and ends after close': async (fixture) => {
    const { turn } = start(fixture, fixture.ordinaryText)
    const events = await within(
      'the turn',
      readAll(turn, () => turn.close()),
    )
    const results = events.filter((event) => event.type === 'result')
    assert.equal(results.at(-1)?.through, 0)
    assert.equal(
      events.some((event) => event.type === 'error'),
      false,
    )
  },
  'stays open for pushes until it is closed, and answers them': async (fixture) => {
    const { turn } = start(fixture, fixture.ordinaryText)
    const events = await within(
      'the turn',
      readAll(turn, (event, nth) => {
        if (nth === 1) turn.push(batch(1, [row(4, fixture.ordinaryText)]))
        else if (event.through === 1) turn.close()
      }),
    )
    const through = events.flatMap((event) => (event.type === 'result' ? [event.through] : []))
    assert.equal(through.at(-1), 1)
    assert.deepEqual(
      through,
      [...through].sort((a, b) => a - b),
      'a result never takes back what an earlier one answered',
    )
  },
  'a push before the first result is answered too': async (fixture) => {
    const { turn } = start(fixture, fixture.ordinaryText)
    turn.push(batch(1, [row(4, fixture.ordinaryText)]))
    turn.close()
    const events = await within(
      'the turn',
      readAll(turn, () => undefined),
    )
    const results = events.filter((event) => event.type === 'result')
    assert.equal(results.at(-1)?.through, 1)
  },
  'after a result it does nothing for later batches until it is asked': async (fixture) => {
    if (fixture.toolText === undefined) return
    let calls = 0
    const call = (): Promise<ToolResult> => {
      calls += 1
      return Promise.resolve({ text: 'done', isError: false })
    }
    const tools = { list: () => [], call }
    const { turn } = start(fixture, fixture.ordinaryText, { tools })
    turn.push(batch(1, [row(4, fixture.toolText)]))
    turn.close()
    const unasked: number[] = []
    const read = async (): Promise<void> => {
      for await (const event of turn.events) {
        if (event.type !== 'result' || event.through >= 1) continue
        await letItRun()
        unasked.push(calls)
      }
    }
    await within('the turn', read())
    assert.equal(unasked.at(-1) ?? 0, 0, 'tools called for a batch whose turn had not come')
    assert.ok(calls > 0, 'the tool was never called')
  },
  'a batch without rows is the word of the runner, and is answered': async (fixture) => {
    const { turn } = start(fixture, fixture.ordinaryText)
    const prompt = '<system_response type="output_problems">- nobody</system_response>'
    const events = await within(
      'the turn',
      readAll(turn, (event, nth) => {
        if (nth === 1) turn.push({ index: 1, rows: [], prompt })
        else if (event.through === 1) turn.close()
      }),
    )
    const results = events.filter((event) => event.type === 'result')
    assert.equal(results.at(-1)?.through, 1)
  },
  'takes its own continuation back': async (fixture) => {
    const first = start(fixture, fixture.ordinaryText)
    let continuation: string | undefined
    await within(
      'the first turn',
      readAll(first.turn, (event) => {
        continuation = event.continuation ?? continuation
        first.turn.close()
      }),
    )
    const second = start(fixture, fixture.ordinaryText, { continuation })
    const events = await within(
      'the second turn',
      readAll(second.turn, () => second.turn.close()),
    )
    assert.ok(events.some((event) => event.type === 'result'))
  },
  'ends when it is interrupted': async (fixture) => {
    const { turn } = start(fixture, fixture.endlessText ?? fixture.ordinaryText)
    turn.interrupt()
    await within(
      'the end after an interrupt',
      readAll(turn, () => turn.close()),
    )
  },
  'ends when its signal is aborted': async (fixture) => {
    const { turn, abort } = start(fixture, fixture.endlessText ?? fixture.ordinaryText)
    abort.abort()
    await within(
      'the end after an abort',
      readAll(turn, () => turn.close()),
    )
  },
}

/**
 * The suite of the `AgentProvider` port: every provider passes it. `make` is called once for each
 * case. Uses `node:assert`, so that any test runner can run it.
 */
export function providerConformance(
  make: () => ProviderFixture | Promise<ProviderFixture>,
): readonly ConformanceCase[] {
  return Object.entries(checks).map(([name, check]) => ({
    name,
    run: async () => {
      const fixture = await make()
      try {
        await check(fixture)
      } finally {
        await fixture.dispose?.()
      }
    },
  }))
}
