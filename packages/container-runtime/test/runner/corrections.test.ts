import { longestContent } from '@nanoclaw/schema'
import { describe, expect, test } from 'vitest'
import { done, folder, manual, say, scripted } from '../support/local-runners.ts'

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

  test('a text that nobody would send goes back to the model, from a block and from a tool', async () => {
    const s = folder()
    const row = s.append({ text: 'a' })
    const { turn, until } = await manual(s)
    const first = await turn(0)
    const long = 'x'.repeat(longestContent)
    const called = await first.input.tools.call('send_message', { to: 'terminal', text: long })
    expect(called).toEqual({ isError: true, text: expect.stringContaining('in several messages') })
    first.result(`${say('terminal', long)}${say('terminal', 'short')}`)
    await until(() => first.pushes.length === 1)
    expect(first.pushes[0]?.prompt).toContain(`at most ${longestContent} are sent at once`)
    first.result(say('terminal', 'in parts'))
    await until(done(s, row.id))
    expect(s.texts()).toEqual(['short', 'in parts'])
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

  test('a turn that addressed somebody with one answer may talk to itself in the next', async () => {
    const s = folder()
    s.setHostState('unaddressed_output', 'origin')
    s.append({ text: 'a' })
    const { runner, turn, until } = await manual(s)
    const first = await turn(0)
    const b = s.append({ text: 'b' })
    runner.ring()
    await until(() => first.pushes.length === 1)
    first.result(say('terminal', 'A'), 0)
    first.result('that was it', 1)
    await until(done(s, b.id))
    expect(first.pushes).toHaveLength(1)
    expect(s.texts()).toEqual(['A'])
  })

  test('a run that was cut off had addressed somebody, too', async () => {
    const s = folder()
    s.setHostState('unaddressed_output', 'origin')
    const row = s.append({ text: 'a' })
    const { turn, until } = await manual(s)
    const first = await turn(0)
    await first.input.tools.call('send_message', { to: 'terminal', text: 'by tool' })
    first.emit({ type: 'error', class: 'retryable', message: 'cut off' })
    const second = await turn(1)
    second.result('that was it')
    await until(done(s, row.id))
    expect(second.pushes).toEqual([])
    expect(s.texts()).toEqual(['by tool'])
  })

  test.each([
    ['text to nobody', 'thinking', 'addressed to nobody'],
    ['a wrong name', say('nobody', 'x'), 'No destination'],
  ])('%s is told once in a turn, however many answers it has', async (_name, text, told) => {
    const s = folder()
    s.append({ text: 'a' })
    const { runner, turn, until } = await manual(s)
    const first = await turn(0)
    const b = s.append({ text: 'b' })
    runner.ring()
    await until(() => first.pushes.length === 1)
    first.result(text, 0)
    await until(() => first.pushes.length === 2)
    expect(first.pushes[1]?.prompt).toContain(told)
    first.result(text, 1)
    first.result('', 2)
    await until(done(s, b.id))
    expect(first.pushes).toHaveLength(2)
  })

  test('what stood in a block without an end is in the log', async () => {
    const s = folder()
    const row = s.append({ text: '!say <message to="terminal">lost words' })
    const { until, log } = await scripted(s)
    await until(done(s, row.id))
    expect(s.texts()).toEqual([])
    expect(log.join('\n')).toContain('lost words')
  })
})
