import { systemClock, timestamp } from '@nanoclaw/schema'
import { describe, expect, test } from 'vitest'
import { done, folder, manual, say, scripted } from '../support/local-runners.ts'

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

  test('the first claim of a runner survives a power cut, so that what causes one is counted', async () => {
    const s = folder()
    const a = s.append({ text: 'a' })
    const { runner, turn, until, commits } = await manual(s)
    const first = await turn(0)
    expect(commits).toEqual(['normal', 'full'])
    first.result('')
    await until(done(s, a.id))
    s.append({ text: 'b' })
    runner.ring()
    await turn(1)
    expect(commits).toEqual(['normal', 'full', 'full', 'normal'])
  })

  test('where a person is asked first every claim does, so that nothing runs again unasked', async () => {
    const s = folder()
    s.setHostState('on_interrupted', 'ask')
    const a = s.append({ text: 'a' })
    const { runner, turn, until, commits } = await manual(s)
    const first = await turn(0)
    first.result('')
    await until(done(s, a.id))
    s.append({ text: 'b' })
    runner.ring()
    const second = await turn(1)
    s.append({ text: 'pushed into the turn' })
    runner.ring()
    await until(() => second.pushes.length === 1)
    expect(commits).toEqual(['normal', 'full', 'full', 'full', 'full'])
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

  test.each([
    ['another origin', { text: 'other', platformId: 'desk' }],
    ['a command', { kind: 'system', content: { type: 'command', command: 'clear' } }],
  ])('rows for the first poll run although %s came first', async (_name, before) => {
    const s = folder()
    s.setDestination('work', 'desk')
    s.append(before)
    const onWake = s.append({ text: 'woken', onWake: 1 })
    const { until } = await scripted(s)
    await until(done(s, onWake.id))
    expect(s.texts().at(-1)).toBe('echo: woken')
  })

  test('rows for the first poll run although a turn was cut off before', async () => {
    const s = folder()
    s.append({ text: 'a' })
    const first = await manual(s)
    await first.turn(0)
    first.runner.finish()
    await first.code
    const onWake = s.append({ text: 'woken', onWake: 1 })
    const { until } = await scripted(s, { epoch: 2 })
    await until(done(s, onWake.id))
    expect(s.texts()).toEqual(['echo: a', 'echo: woken'])
  })

  test('what is not due waits, and the slow poll finds it without a ring', async () => {
    const s = folder()
    let moment = systemClock.now()
    const processAfter = timestamp(systemClock, 3_600_000)
    const later = s.append({ text: 'later', processAfter })
    const now = s.append({ text: 'now' })
    const clock = { now: () => moment }
    const { until } = await scripted(s, { slowPollMs: 20, clock })
    await until(done(s, now.id))
    expect(s.texts()).toEqual(['echo: now'])
    moment += 3_600_000
    await until(done(s, later.id))
    expect(s.texts()).toEqual(['echo: now', 'echo: later'])
  })

  test('the queue is read by its index, never by a scan', () => {
    const s = folder()
    const plan = s.inbound.sqlite
      .prepare(
        `EXPLAIN QUERY PLAN SELECT id, process_after FROM messages_in WHERE status = 'pending'
         ORDER BY seq`,
      )
      .all()
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
