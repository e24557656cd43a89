import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import type { ProviderEvent, ToolCaller, TurnRow } from '../../src/provider.ts'
import { parseScriptedLine } from '../../src/providers/scripted-lines.ts'
import { createScriptedProvider } from '../../src/providers/scripted.ts'
import { providerConformance } from '../../src/testing.ts'

const agentFolder = mkdtempSync(join(tmpdir(), 'nanoclaw-scripted-'))
afterAll(() => rmSync(agentFolder, { recursive: true, force: true }))

let crashes = 0
const provider = createScriptedProvider({
  crash: () => {
    crashes += 1
  },
})

describe('conformance', () => {
  const texts = {
    ordinaryText: 'hello',
    endlessText: '!hang',
    toolText: '!call look',
    ownToolText: '!effect done',
    failingText: '!error retryable the model is away',
  }
  for (const { name, run } of providerConformance(() => provider, texts)) test(name, run)
})

function row(seq: number, entry: TurnRow['entry'], from: string | undefined = 'terminal'): TurnRow {
  return { id: `in-${seq}`, seq, timestamp: '2026-11-22T13:05:00.000Z', from, entry }
}

function chat(seq: number, text: string, from?: string): TurnRow {
  return row(seq, { kind: 'chat', content: { text, sender: 'Ann', senderId: 'u1' } }, from)
}

interface RunOptions {
  readonly continuation?: string
  readonly tools?: ToolCaller
  readonly pushes?: readonly TurnRow[][]
}

const noTools: ToolCaller = {
  list: () => [],
  call: (name) => Promise.resolve({ text: `no ${name}\nsecond line`, isError: true }),
}

async function run(rows: readonly TurnRow[], options: RunOptions = {}): Promise<ProviderEvent[]> {
  const turn = provider.startTurn({
    turnId: 'turn-1',
    rows,
    prompt: 'THE PROMPT',
    systemAddendum: '',
    continuation: options.continuation,
    tools: options.tools ?? noTools,
    agentFolder,
    signal: new AbortController().signal,
  })
  for (const [nth, pushed] of (options.pushes ?? []).entries()) {
    turn.push({ index: nth + 1, rows: pushed, prompt: `PUSH ${nth + 1}` })
  }
  turn.close()
  const events: ProviderEvent[] = []
  for await (const event of turn.events) events.push(event)
  return events
}

async function textOf(rows: readonly TurnRow[], options: RunOptions = {}): Promise<string[]> {
  const events = await run(rows, options)
  return events.flatMap((event) => (event.type === 'result' ? [event.text] : []))
}

const block = (seq: number, text: string, to = 'terminal'): string =>
  `<message to="${to}" reply_to="${seq}">${text}</message>`

test.each<[string, string, string]>([
  ['echoes a line', 'hello', block(2, 'echo: hello')],
  ['takes each line on its own', 'a\nb', block(2, 'echo: a\necho: b')],
  [
    'defuses what it echoes',
    '<message to="x">y</Message>',
    block(2, 'echo: &lt;message to="x">y&lt;/Message>'),
  ],
  [
    'defuses passages that would be removed',
    'look: <internal> </Internal >',
    block(2, 'echo: look: &lt;internal> &lt;/Internal >'),
  ],
  ['!say keeps white space at its ends', '!say   a \t', '  a \t'],
  [
    '!say goes to the result text as it is',
    '!say <message to="x">y</message>',
    '<message to="x">y</message>',
  ],
  ['!say breaks lines at \\n, and several are joined', '!say a\\nb\n!say c', 'a\nb\nc'],
  [
    'a row with more than !say gets its block too',
    '!say free\nhello',
    `free\n${block(2, 'echo: hello')}`,
  ],
  [
    '!call answers with the first line',
    '!call send_message {"a":1}',
    block(2, '[send_message] no send_message'),
  ],
  ['!prompt', '!prompt', block(2, 'THE PROMPT')],
  ['!turns without memory', '!turns', block(2, '0')],
  ['!sleep, then the rest', '!sleep 1\nhello', block(2, 'echo: hello')],
  ['an unknown command is echoed', '!dance', block(2, 'echo: !dance')],
  ['!error without its class is echoed', '!error maybe x', block(2, 'echo: !error maybe x')],
])('%s', async (_name, text, expected) => {
  const [result] = await textOf([chat(2, text)])
  expect(result).toBe(expected)
})

test('!call with bad JSON says so', async () => {
  const [result] = await textOf([chat(2, '!call x {')])
  expect(result).toContain('[x] bad JSON')
})

test('takes every row of the batch in order, then every pushed one', async () => {
  const rows = [chat(2, 'a'), chat(4, 'b', 'work')]
  expect(await textOf(rows, { pushes: [[chat(6, 'c')], [chat(8, 'd')]] })).toEqual([
    `${block(2, 'echo: a')}\n${block(4, 'echo: b', 'work')}`,
    block(6, 'echo: c'),
    block(8, 'echo: d'),
  ])
})

test('a task by its prompt, a webhook by its payload, system rows not at all', async () => {
  expect(
    await textOf([
      row(2, { kind: 'task', content: { prompt: 'wake up' } }),
      row(4, {
        kind: 'webhook',
        content: { source: 's', event: 'e', payload: { a: '</message>' } },
      }),
      row(6, { kind: 'system', content: { type: 'approval_result' } }),
    ]),
  ).toEqual([`${block(2, 'echo: wake up')}\n${block(4, 'echo: {"a":"&lt;/message>"}')}`])
})

test('the word of the runner ends without text', async () => {
  expect(await textOf([chat(2, 'a')], { pushes: [[]] })).toEqual([block(2, 'echo: a'), ''])
})

test('remembers how many turns there were', async () => {
  const events = await run([chat(2, '!turns')], { continuation: '3' })
  expect(events.at(-1)).toMatchObject({ text: block(2, '3'), continuation: '4' })
})

test('!call hands over its arguments, none as {}', async () => {
  const calls: unknown[] = []
  const tools: ToolCaller = {
    list: () => [],
    call: (name, args) => {
      calls.push([name, args])
      return Promise.resolve({ text: 'ok', isError: false })
    },
  }
  await run([chat(2, '!call a {"b": [1]}\n!call list_destinations')], { tools })
  expect(calls).toEqual([
    ['a', { b: [1] }],
    ['list_destinations', {}],
  ])
})

test('!error ends the turn with that error', async () => {
  expect(await run([chat(2, 'a\n!error fatal no credit')])).toEqual([
    { type: 'error', class: 'fatal', message: 'no credit' },
  ])
})

test('!sleep without measure is the longest sleep there is, not none', () => {
  expect(parseScriptedLine('!sleep 1e12')).toEqual({ command: 'sleep', ms: 2 ** 31 - 1 })
})

test('!crash ends the process', async () => {
  await run([chat(2, '!crash')])
  expect(crashes).toBe(1)
})

test('!effect appends a line in the folder of the agent, and nowhere else', async () => {
  await run([chat(2, '!effect count.txt')])
  await run([chat(2, '!effect count.txt')])
  expect(readFileSync(join(agentFolder, 'count.txt'), 'utf8').split('\n')).toHaveLength(3)
  expect(await textOf([chat(2, '!effect ../x')])).toEqual([
    block(2, "[effect] ../x is not in the agent's folder"),
  ])
})
