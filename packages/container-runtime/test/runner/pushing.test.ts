import { describe, expect, test } from 'vitest'
import { done, folder, manual, say, scripted } from '../support/local-runners.ts'

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
