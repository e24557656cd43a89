import { describe, expect, test } from 'vitest'
import { done, folder, manual, say, scripted } from '../support/local-runners.ts'

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

  test('[W5] a new name breaks nothing in flight: the old one means its place until the turn ends', async () => {
    const s = folder()
    s.append({ text: 'a' })
    const { turn, until, runner } = await manual(s)
    const first = await turn(0)
    s.removeDestination('terminal')
    s.setDestination('tty', 'tty')
    first.result(say('terminal', 'Hi'))
    await until(() => s.out().messages.length === 1)
    expect(s.out().messages[0]).toMatchObject({ channelType: 'terminal', platformId: 'tty' })
    s.append({ text: 'b' })
    runner.ring()
    const second = await turn(1)
    second.result(say('terminal', 'Hi'))
    await until(() => second.pushes.length === 1)
    expect(second.pushes[0]?.prompt).toContain('terminal')
  })

  test('[W5] an old name means nobody when its place is in the book no more', async () => {
    const s = folder()
    s.append({ text: 'a' })
    const { turn, until } = await manual(s)
    const first = await turn(0)
    s.removeDestination('terminal')
    s.setDestination('terminal-2', 'elsewhere')
    first.result(say('terminal', 'Hi'))
    await until(() => first.pushes.length === 1)
    expect(first.pushes[0]?.prompt).toContain('terminal-2')
    expect(s.out().messages).toEqual([])
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
