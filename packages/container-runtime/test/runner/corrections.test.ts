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
