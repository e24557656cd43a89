import { afterEach, describe, expect, test } from 'vitest'
import { createScriptedProvider } from '../../src/providers/scripted.ts'
import { createManualProvider, type ManualTurn } from '../support/manual-provider.ts'
import { startLocalRunner, type LocalRunner } from '../support/runner-in-process.ts'
import { createSessionFolder, type SessionFolder } from '../support/session-folder.ts'

const sessions: SessionFolder[] = []
const runners: LocalRunner[] = []

afterEach(async () => {
  for (const { runner, code } of runners.splice(0)) {
    runner.finish()
    await code.catch(() => undefined)
  }
  for (const session of sessions.splice(0)) session.remove()
})

function folder(journal?: 'wal' | 'delete'): SessionFolder {
  const session = createSessionFolder(journal)
  sessions.push(session)
  return session
}

async function start(...args: Parameters<typeof startLocalRunner>): Promise<LocalRunner> {
  const runner = await startLocalRunner(...args)
  runners.push(runner)
  return runner
}

/** A runner on a provider in the test's hands, and its first turn. */
async function manual(session: SessionFolder, options: Parameters<typeof start>[2] = {}) {
  const provider = createManualProvider()
  const local = await start(session, provider, { graceMs: 0, ...options })
  const turn = async (nth: number): Promise<ManualTurn> => {
    await local.until(() => provider.turns.length > nth)
    return provider.turns[nth] as ManualTurn
  }
  return { ...local, provider, turn }
}

async function scripted(session: SessionFolder, options: Parameters<typeof start>[2] = {}) {
  return await start(session, createScriptedProvider({ crash: () => undefined }), options)
}

const say = (to: string, text: string): string => `<message to="${to}">${text}</message>`
const done = (session: SessionFolder, id: string) => () =>
  session.out().acks.get(id) === 'completed'

describe('claiming', () => {
  test('one origin a turn, in seq order, others wait', async () => {
    const s = folder()
    s.setDestination('work', 'desk')
    const [a, b, c] = [
      s.append({ text: 'a' }),
      s.append({ text: 'b', platformId: 'desk' }),
      s.append({ text: 'c' }),
    ]
    const { turn, until } = await manual(s)
    const first = await turn(0)
    expect(first.input.rows.map((row) => row.id)).toEqual([a.id, c.id])
    expect([...s.out().acks]).toEqual([
      [a.id, 'processing'],
      [c.id, 'processing'],
    ])
    first.result(say('terminal', 'A'))
    const second = await turn(1)
    expect(second.input.rows.map((row) => [row.id, row.from])).toEqual([[b.id, 'work']])
    second.result(say('work', 'B'))
    await until(done(s, b.id))
    expect(s.out().turns.map((row) => row.status)).toEqual(['completed', 'completed'])
  })

  test('threads of one place are different origins, and answers stay in their thread', async () => {
    const s = folder()
    s.append({ text: 'a', threadId: 't1' })
    const b = s.append({ text: 'b', threadId: 't2' })
    const { until } = await scripted(s)
    await until(done(s, b.id))
    expect(s.out().messages.map((row) => row.threadId)).toEqual(['t1', 't2'])
  })

  test('a batch is capped', async () => {
    const s = folder()
    for (let n = 0; n < 60; n += 1) s.append({ text: String(n) })
    const { turn } = await manual(s)
    expect((await turn(0)).input.rows).toHaveLength(50)
  })

  test('rows of context wake nobody and ride along with what comes after them', async () => {
    const s = folder()
    const context = s.append({ text: 'context', trigger: 0 })
    const { runner, provider, turn, until } = await manual(s)
    await until(() => s.out().turns.length === 0)
    expect(provider.turns).toHaveLength(0)
    const asking = s.append({ text: 'asking' })
    const late = s.append({ text: 'late', trigger: 0 })
    runner.ring()
    const first = await turn(0)
    expect(first.input.rows.map((row) => row.id)).toEqual([context.id, asking.id])
    first.result('')
    await until(done(s, context.id))
    expect(s.out().acks.has(late.id)).toBe(false)
  })

  test('notices of the host ride along with any origin', async () => {
    const s = folder()
    const content = { type: 'delivery_failed', seq: 1, destination: 'work', reason: 'gone' }
    s.append({ kind: 'system', content, platformId: null, trigger: 0 })
    s.append({ text: 'asking' })
    const { turn } = await manual(s)
    expect((await turn(0)).input.prompt).toContain('could not be delivered: gone')
  })

  test('rows for the first poll are for a new runner only', async () => {
    const s = folder()
    const first = s.append({ text: 'first', onWake: 1 })
    const { runner, until } = await scripted(s)
    await until(done(s, first.id))
    const second = s.append({ text: 'second', onWake: 1 })
    const third = s.append({ text: 'third' })
    runner.ring()
    await until(done(s, third.id))
    expect(s.out().acks.has(second.id)).toBe(false)
    expect(s.texts()).toEqual(['echo: first', 'echo: third'])
  })

  test('what is not due waits, and the slow poll finds it without a ring', async () => {
    const s = folder()
    const processAfter = new Date(Date.now() + 150).toISOString()
    const later = s.append({ text: 'later', processAfter })
    const now = s.append({ text: 'now' })
    const { until } = await scripted(s, { slowPollMs: 20 })
    await until(done(s, now.id))
    await until(done(s, later.id))
    expect(s.texts()).toEqual(['echo: now', 'echo: later'])
  })

  test('the queue is read by its index, never by a scan', () => {
    const s = folder()
    const plan = s.inbound.sqlite
      .prepare(
        `EXPLAIN QUERY PLAN SELECT id FROM messages_in WHERE status = 'pending'
         AND (process_after IS NULL OR process_after <= ?) ORDER BY seq`,
      )
      .all('2026-01-01T00:00:00.000Z')
      .map((step) => String(Reflect.get(step as object, 'detail')))
    expect(plan).toEqual(['SCAN messages_in USING INDEX messages_in_pending'])
  })

  test('content of no known form is shown as it is, and ends', async () => {
    const s = folder()
    const odd = s.append({ content: { nonsense: true } })
    const { turn, until } = await manual(s)
    const first = await turn(0)
    expect(first.input.prompt).toContain('event="unreadable"')
    first.result('')
    await until(done(s, odd.id))
  })
})

describe('results', () => {
  test('text, acknowledgement and continuation are there together, or not at all', async () => {
    const s = folder()
    const row = s.append({ text: 'a' })
    const { turn, until, rings } = await manual(s)
    const first = await turn(0)
    expect(rings()).toBe(0)
    first.result(say('terminal', 'A'), 0, 'memory')
    await until(() => s.out().messages.length === 1)
    const { acks, state, turns } = s.out()
    expect(acks.get(row.id)).toBe('completed')
    expect(state.get('continuation:manual')).toBe('memory')
    expect(turns[0]).toMatchObject({ status: 'completed', claims: 1, epoch: 1 })
    await until(() => rings() === 1)
    expect(first.closed).toBe(true)
  })

  test('the continuation is given back at the next turn', async () => {
    const s = folder()
    s.append({ text: 'a' })
    const { runner, turn, until } = await manual(s)
    ;(await turn(0)).result('', 0, 'memory')
    await until(() => s.out().turns[0]?.status === 'completed')
    s.append({ text: 'b' })
    runner.ring()
    expect((await turn(1)).input.continuation).toBe('memory')
  })

  test('numbers are odd and above those of the other side', async () => {
    const s = folder()
    const a = s.append({ text: 'a' })
    const { runner, turn, until } = await manual(s)
    ;(await turn(0)).result(say('terminal', 'A'))
    await until(done(s, a.id))
    for (let n = 0; n < 3; n += 1) s.append({ text: 'more', trigger: 0 })
    const b = s.append({ text: 'b' })
    runner.ring()
    ;(await turn(1)).result(say('terminal', 'B'))
    await until(done(s, b.id))
    expect([a.seq, b.seq]).toEqual([2, 10])
    expect(s.out().messages.map((row) => row.seq)).toEqual([3, 11])
  })

  test('[W1] a reply answers the row it names, a message to a new place has no thread', async () => {
    const s = folder()
    s.setDestination('work', 'desk')
    const a = s.append({ text: 'a', threadId: 't1' })
    const b = s.append({ text: 'b', threadId: 't1' })
    const { turn, until } = await manual(s)
    const text = `<message to="terminal" reply_to="${a.seq}">A</message>${say('terminal', 'B')}${say('work', 'W')}`
    ;(await turn(0)).result(text)
    await until(done(s, b.id))
    expect(s.out().messages.map((row) => [row.inReplyTo, row.platformId, row.threadId])).toEqual([
      [a.id, 'tty', 't1'],
      [b.id, 'tty', 't1'],
      [null, 'desk', null],
    ])
  })

  test('[W1] a message to another place goes to the thread the talk there is in', async () => {
    const s = folder()
    s.setDestination('work', 'desk')
    const there = s.append({ text: 'there', platformId: 'desk', threadId: 't9' })
    const { runner, until, turn } = await manual(s)
    ;(await turn(0)).result('')
    await until(done(s, there.id))
    const here = s.append({ text: 'here' })
    runner.ring()
    ;(await turn(1)).result(say('work', 'W'))
    await until(done(s, here.id))
    expect(s.out().messages[0]).toMatchObject({ platformId: 'desk', threadId: 't9' })
  })

  test('[W5] the address book is read anew at every result', async () => {
    const s = folder()
    s.append({ text: 'a' })
    const { turn, until } = await manual(s)
    const first = await turn(0)
    s.setDestination('new', 'ag-00000000-1', 'agent')
    first.result(say('new', 'Hi'))
    await until(() => s.out().messages.length === 1)
    expect(s.out().messages[0]).toMatchObject({ channelType: 'agent', platformId: 'ag-00000000-1' })
  })

  test('a task without a place is answered where the conversation is', async () => {
    const s = folder()
    s.setRouting('tty', 't3')
    const task = s.append({ kind: 'task', content: { prompt: 'wake up' }, platformId: null })
    const { until } = await scripted(s)
    await until(done(s, task.id))
    expect(s.out().messages[0]).toMatchObject({ platformId: 'tty', threadId: 't3' })
  })
})

describe('what is wrong with the output', () => {
  test('an unknown name goes back to the model in the same turn, once', async () => {
    const s = folder()
    const row = s.append({ text: 'a' })
    const { turn, until, provider } = await manual(s)
    const first = await turn(0)
    first.result(`${say('nobody', 'x')}${say('terminal', 'good')}`)
    await until(() => first.pushes.length === 1)
    expect(first.pushes[0]?.prompt).toContain('Known destinations: terminal.')
    expect(s.out().messages).toEqual([])
    expect(s.out().acks.get(row.id)).toBe('processing')
    first.result(`${say('nobody', 'again')}${say('terminal', 'better')}`)
    await until(done(s, row.id))
    expect(s.texts()).toEqual(['good', 'better'])
    expect([first.pushes.length, provider.turns.length]).toEqual([1, 1])
  })

  test('with the scripted provider nothing is delivered and the turn completes', async () => {
    const s = folder()
    const row = s.append({ text: '!say <message to="nobody">x</message>' })
    const { until, log } = await scripted(s)
    await until(done(s, row.id))
    expect(s.texts()).toEqual([])
    expect(log.join()).toContain('No destination is called "nobody"')
  })

  test.each([
    ['scratchpad', []],
    ['origin', ['thinking aloud']],
  ])('text to nobody is told once, then it is %s', async (setting, expected) => {
    const s = folder()
    s.setHostState('unaddressed_output', setting)
    const row = s.append({ text: '!say thinking aloud' })
    const { until } = await scripted(s)
    await until(done(s, row.id))
    expect(s.texts()).toEqual(expected)
  })

  test('a model that thinks better of it addresses its text', async () => {
    const s = folder()
    s.setHostState('unaddressed_output', 'origin')
    const row = s.append({ text: 'a' })
    const { turn, until } = await manual(s)
    const first = await turn(0)
    first.result('hello')
    await until(() => first.pushes.length === 1)
    expect(first.pushes[0]?.prompt).toContain('addressed to nobody')
    first.result(`done ${say('terminal', 'hello')}`)
    await until(done(s, row.id))
    expect(s.texts()).toEqual(['hello'])
  })

  test('what is said about problems to nobody stays scratchpad', async () => {
    const s = folder()
    s.setHostState('unaddressed_output', 'origin')
    const row = s.append({ text: 'a' })
    const { turn, until } = await manual(s)
    const first = await turn(0)
    first.result(say('nobody', 'x'))
    await until(() => first.pushes.length === 1)
    first.result('Sorry about that.')
    await until(done(s, row.id))
    expect(s.texts()).toEqual([])
  })

  test('a turn that sent by tool has addressed somebody', async () => {
    const s = folder()
    s.setHostState('unaddressed_output', 'origin')
    const row = s.append({ text: 'a' })
    const { turn, until } = await manual(s)
    const first = await turn(0)
    await first.input.tools.call('send_message', { to: 'terminal', text: 'by tool' })
    first.result('that was it')
    await until(done(s, row.id))
    expect(first.pushes).toEqual([])
    expect(s.texts()).toEqual(['by tool'])
  })
})

describe('pushing', () => {
  test('[L6] new rows of the origin are pushed, and acked by the result that saw them', async () => {
    const s = folder()
    const a = s.append({ text: 'a' })
    const { runner, turn, until } = await manual(s)
    const first = await turn(0)
    const b = s.append({ text: 'b' })
    runner.ring()
    await until(() => first.pushes.length === 1)
    expect(first.pushes[0]).toMatchObject({ index: 1, rows: [{ id: b.id }] })
    first.result(say('terminal', 'A'), 0)
    await until(done(s, a.id))
    expect(s.out().acks.get(b.id)).toBe('processing')
    expect(first.closed).toBe(false)
    first.result(say('terminal', 'B'), 1)
    await until(done(s, b.id))
    expect(s.out().turns).toHaveLength(1)
    expect(JSON.parse(s.out().turns[0]?.messageIds ?? '')).toEqual([a.id, b.id])
  })

  test('[L7] a row that comes while the result is taken in joins the turn before it closes', async () => {
    const s = folder()
    const a = s.append({ text: 'a' })
    const { turn, until } = await manual(s)
    const first = await turn(0)
    const b = s.append({ text: 'b' })
    first.result(say('terminal', 'A'), 0)
    await until(() => first.pushes.length === 1)
    expect(first.closed).toBe(false)
    expect([...s.out().acks]).toEqual([
      [a.id, 'completed'],
      [b.id, 'processing'],
    ])
    first.result(say('terminal', 'B'), 1)
    await until(done(s, b.id))
    expect(first.closed).toBe(true)
  })

  test('[L7] under a stream of rows rung for at any moment none is lost, none doubled', async () => {
    const s = folder()
    const { runner, until } = await scripted(s)
    const ids: string[] = []
    for (let n = 0; n < 300; n += 1) {
      ids.push(s.append({ text: `n${n}` }).id)
      if (n % 3 === 0) runner.ring()
      if (n % 7 === 0) await new Promise(setImmediate)
    }
    runner.ring()
    await until(() => ids.every((id) => s.out().acks.get(id) === 'completed'))
    expect(s.texts()).toEqual(ids.map((_, n) => `echo: n${n}`))
  })

  test('an origin that never stops does not starve the others', async () => {
    const s = folder()
    s.setDestination('work', 'desk')
    s.append({ text: 'a' })
    const { turn, until } = await manual(s)
    const first = await turn(0)
    const other = s.append({ text: 'other', platformId: 'desk' })
    const b = s.append({ text: 'b' })
    first.result(say('terminal', 'A'), 0)
    const second = await turn(1)
    expect(second.input.rows.map((row) => row.id)).toEqual([other.id])
    second.result('')
    const third = await turn(2)
    expect(third.input.rows.map((row) => row.id)).toEqual([b.id])
    third.result('')
    await until(done(s, b.id))
  })
})

describe('errors', () => {
  test('[L10] a fatal error fails the rows with its text, and the queue goes on', async () => {
    const s = folder()
    const bad = s.append({ text: '!error fatal no credit' })
    const { runner, until } = await scripted(s)
    await until(() => s.out().acks.get(bad.id) === 'failed')
    expect(s.out().turns[0]).toMatchObject({ status: 'failed', error: 'no credit' })
    const good = s.append({ text: 'hello' })
    runner.ring()
    await until(done(s, good.id))
    expect(s.texts()).toEqual(['echo: hello'])
  })

  test('a retryable error interrupts the turn, which comes again after a while', async () => {
    const s = folder()
    const row = s.append({ text: 'a' })
    const { turn, until } = await manual(s)
    const first = await turn(0)
    first.emit({ type: 'error', class: 'retryable', message: 'overloaded' })
    await until(() => s.out().turns[0]?.status === 'interrupted')
    expect(s.out().turns[0]).toMatchObject({ error: 'overloaded', claims: 1 })
    const second = await turn(1)
    expect(second.input.turnId).toBe(first.input.turnId)
    expect(second.input.prompt).toContain('type="interrupted"')
    second.result(say('terminal', 'A'))
    await until(done(s, row.id))
    expect(s.out().turns[0]).toMatchObject({ status: 'completed', claims: 2, error: null })
  })

  test('a provider that ends without a word has failed, retryably', async () => {
    const s = folder()
    s.append({ text: 'a' })
    const { turn, until } = await manual(s)
    ;(await turn(0)).end()
    await until(() => s.out().turns[0]?.status === 'interrupted')
    expect(s.out().turns[0]?.error).toBe('the provider ended the turn without a result')
  })

  test('other origins go on while one backs off, its own rows wait behind', async () => {
    const s = folder()
    s.setDestination('work', 'desk')
    const bad = s.append({ text: 'bad' })
    const { runner, turn, until } = await manual(s)
    ;(await turn(0)).emit({ type: 'error', class: 'retryable', message: 'overloaded' })
    await until(() => s.out().turns[0]?.status === 'interrupted')
    s.append({ text: 'behind' })
    const other = s.append({ text: 'other', platformId: 'desk' })
    runner.ring()
    const second = await turn(1)
    expect(second.input.rows.map((row) => row.id)).toEqual([other.id])
    second.result('')
    expect((await turn(2)).input.rows.map((row) => row.id)).toEqual([bad.id])
  })

  test('what was held back for a correction is not lost by an error', async () => {
    const s = folder()
    const row = s.append({ text: 'a' })
    const { turn, until } = await manual(s)
    const first = await turn(0)
    first.result(`${say('nobody', 'x')}${say('terminal', 'good')}`)
    await until(() => first.pushes.length === 1)
    first.emit({ type: 'error', class: 'retryable', message: 'overloaded' })
    await until(done(s, row.id))
    expect(s.texts()).toEqual(['good'])
  })
})

describe('tool calls', () => {
  test('a send is there at once, before the turn ends', async () => {
    const s = folder()
    const row = s.append({ text: 'a', threadId: 't1' })
    const { turn, rings } = await manual(s)
    const { input } = await turn(0)
    const result = await input.tools.call('send_message', { to: 'terminal', text: 'now' })
    expect(result).toEqual({ text: 'Sent to terminal as 3.', isError: false })
    expect(rings()).toBe(1)
    const [sent] = s.out().messages
    expect(sent).toMatchObject({ turnId: input.turnId, threadId: 't1', inReplyTo: row.id })
    expect(sent?.callKey).toMatch(/^[0-9a-f]{32}$/)
    expect(s.out().acks.get(row.id)).toBe('processing')
  })

  test('[L8] a re-run makes identical calls once, the n-th as the n-th', async () => {
    const s = folder()
    s.append({ text: 'a' })
    const { turn, until } = await manual(s)
    const first = await turn(0)
    const send = (t: ManualTurn, text: string) =>
      t.input.tools.call('send_message', { to: 'terminal', text })
    await send(first, 'x')
    await send(first, 'x')
    first.emit({ type: 'error', class: 'retryable', message: 'cut off' })
    const second = await turn(1)
    expect(second.input.prompt).toContain('Already sent, as 3, to terminal: x')
    expect((await send(second, 'x')).text).toContain('already been sent to terminal as 3')
    // The same arguments in another order are the same call.
    const again = await second.input.tools.call('send_message', { text: 'x', to: 'terminal' })
    expect(again.text).toContain('as 5')
    expect((await send(second, 'x')).text).toBe('Sent to terminal as 7.')
    second.result('')
    await until(() => s.out().turns[0]?.status === 'completed')
    expect(s.texts()).toEqual(['x', 'x', 'x'])
    expect([...s.out().state.keys()].filter((key) => key.startsWith('ledger'))).toEqual([])
  })

  test('[L8] calls that an earlier result covered are not taken for those of a re-run', async () => {
    const s = folder()
    const a = s.append({ text: 'a' })
    const { runner, turn, until } = await manual(s)
    const first = await turn(0)
    const b = s.append({ text: 'b' })
    runner.ring()
    await until(() => first.pushes.length === 1)
    await first.input.tools.call('send_message', { to: 'terminal', text: 'ok' })
    first.result('', 0)
    await until(done(s, a.id))
    first.emit({ type: 'error', class: 'retryable', message: 'cut off' })
    const second = await turn(1)
    expect(second.input.rows.map((row) => row.id)).toEqual([b.id])
    await second.input.tools.call('send_message', { to: 'terminal', text: 'ok' })
    second.result('')
    await until(done(s, b.id))
    expect(s.texts()).toEqual(['ok', 'ok'])
  })

  test('after the end of its turn a tool does nothing', async () => {
    const s = folder()
    const row = s.append({ text: 'a' })
    const { turn, until } = await manual(s)
    const first = await turn(0)
    first.result('')
    await until(done(s, row.id))
    await until(() => first.closed)
    const late = await first.input.tools.call('send_message', { to: 'terminal', text: 'late' })
    expect(late).toEqual({ text: 'This turn has ended.', isError: true })
    expect(s.texts()).toEqual([])
  })
})

describe('commands', () => {
  const command = (name: string) => ({
    kind: 'system',
    content: { type: 'command', command: name },
  })

  test('stop is read in mid-turn, ahead of the queue', async () => {
    const s = folder()
    const row = s.append({ text: '!hang' })
    const { runner, until } = await scripted(s)
    await until(() => s.out().acks.get(row.id) === 'processing')
    const next = s.append({ text: 'next' })
    const stop = s.append(command('stop'))
    runner.ring()
    await until(done(s, stop.id))
    await until(done(s, row.id))
    expect(s.out().turns[0]).toMatchObject({ status: 'interrupted', error: 'stopped by command' })
    await until(() => s.out().acks.get(next.id) !== 'processing')
  })

  test('clear forgets the conversation, that of the running turn too', async () => {
    const s = folder()
    const first = s.append({ text: 'a' })
    const { runner, turn, until } = await manual(s)
    const running = await turn(0)
    const clear = s.append(command('clear'))
    runner.ring()
    await until(done(s, clear.id))
    running.result('', 0, 'memory')
    await until(done(s, first.id))
    expect(s.out().state.has('continuation:manual')).toBe(false)
  })
})

describe('ending', () => {
  test('a runner that was hung up on finishes its turn and takes no more', async () => {
    const s = folder()
    const a = s.append({ text: 'a' })
    const { runner, code, turn, provider } = await manual(s, { graceMs: 60_000 })
    const first = await turn(0)
    runner.finish()
    const b = s.append({ text: 'b' })
    runner.ring()
    first.result(say('terminal', 'A'))
    expect(await code).toBe(0)
    expect(s.out().acks.get(a.id)).toBe('completed')
    expect(s.out().acks.has(b.id)).toBe(false)
    expect(provider.turns).toHaveLength(1)
  })

  test('past the grace time the turn is cut off and left for the next runner', async () => {
    const s = folder()
    const a = s.append({ text: 'a' })
    const { runner, code, turn } = await manual(s, { graceMs: 10 })
    const first = await turn(0)
    runner.finish()
    expect(await code).toBe(0)
    expect(first.interrupted).toBe(true)
    expect(s.out().turns[0]?.status).toBe('interrupted')
    const next = await manual(s, { epoch: 2 })
    const again = await next.turn(0)
    expect(again.input.turnId).toBe(first.input.turnId)
    again.result(say('terminal', 'A'))
    await next.until(done(s, a.id))
  })

  test('[S4] a runner whose epoch has passed writes nothing and ends with 75', async () => {
    const s = folder()
    s.append({ text: 'a' })
    const old = await manual(s)
    const stale = await old.turn(0)
    const now = await manual(s, { epoch: 2 })
    const fresh = await now.turn(0)
    const tool = stale.input.tools.call('send_message', { to: 'terminal', text: 'stale' })
    await expect(tool).rejects.toMatchObject({ code: 'fenced' })
    stale.result(say('terminal', 'stale'))
    expect(await old.code).toBe(75)
    fresh.result(say('terminal', 'fresh'))
    await now.until(() => s.texts().length === 1)
    expect(s.texts()).toEqual(['fresh'])
  })

  test('[S2] a start with an older epoch than the one in the file is refused', async () => {
    const s = folder()
    const newer = await manual(s, { epoch: 5 })
    await newer.until(() => newer.provider.turns.length === 0)
    newer.runner.finish()
    expect(await newer.code).toBe(0)
    const older = await manual(s, { epoch: 4 })
    expect(await older.code).toBe(75)
  })
})

test('the same in DELETE mode, for hosts that share no kernel with their containers', async () => {
  const s = folder('delete')
  const ids = Array.from({ length: 20 }, (_, n) => s.append({ text: `n${n}` }).id)
  const { until } = await scripted(s)
  await until(() => ids.every((id) => s.out().acks.get(id) === 'completed'))
  expect(s.texts()).toHaveLength(20)
})
