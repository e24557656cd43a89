import { describe, expect, test } from 'vitest'
import type { ManualTurn } from '../support/manual-provider.ts'
import { done, folder, manual, say, scripted } from '../support/local-runners.ts'

const send = (turn: ManualTurn, text: string) =>
  turn.input.tools.call('send_message', { to: 'terminal', text })

describe('[L8] identical sends are made once', () => {
  test('by a row that was pushed while another was answered, when its try fails', async () => {
    const s = folder()
    const call = '!call send_message {"to":"terminal","text":"once"}'
    s.append({ text: '!sleep 250' })
    const { runner, until } = await scripted(s)
    await until(() => s.out().acks.size === 1)
    const b = s.append({ text: `${call}\n!error retryable boom` })
    runner.ring()
    await until(() => s.out().turns[0]?.status === 'interrupted')
    s.setText(b.id, call)
    await until(done(s, b.id))
    expect(s.texts()).toEqual([
      'done',
      'once',
      '[send_message] This message had already been sent to terminal as 7; it was not sent again.',
    ])
  })

  test('when the result before them was held back for a correction', async () => {
    const s = folder()
    const a = s.append({ text: 'a' })
    const { runner, turn, until } = await manual(s)
    const first = await turn(0)
    const b = s.append({ text: 'b' })
    runner.ring()
    await until(() => first.pushes.length === 1)
    await send(first, 'for a')
    first.result(say('nobody', 'x'), 0)
    await until(() => first.pushes.length === 2)
    await send(first, 'for b')
    first.emit({ type: 'error', class: 'retryable', message: 'cut off' })
    await until(done(s, a.id))
    const second = await turn(1)
    expect(second.input.rows.map((row) => row.id)).toEqual([b.id])
    expect((await send(second, 'for b')).text).toContain('already been sent')
    expect((await send(second, 'for a')).text).toContain('Sent to terminal')
    second.result('')
    await until(done(s, b.id))
    expect(s.texts()).toEqual(['for a', 'for b', 'for a'])
  })

  test('by the parts of a turn that was split, each for itself', async () => {
    const s = folder()
    const rows = ['a', 'p', 'b'].map((text) => s.append({ text }))
    const ids = rows.map((row) => row.id)
    const { turn, until } = await manual(s)
    for (let nth = 0; nth < 2; nth += 1) {
      const whole = await turn(nth)
      expect(whole.input.rows.map((row) => row.id)).toEqual(ids)
      await send(whole, 'x')
      whole.emit({ type: 'error', class: 'retryable', message: 'cut off' })
    }
    const said: string[] = []
    for (const [nth, id] of ids.entries()) {
      const part = await turn(nth + 2)
      expect(part.input.rows.map((row) => row.id)).toEqual([id])
      if (nth !== 1) said.push((await send(part, 'x')).text)
      part.result('')
      await until(done(s, id))
    }
    expect(said[0]).toContain('already been sent')
    expect(said[1]).toContain('Sent to terminal')
    expect(s.texts()).toEqual(['x', 'x'])
    expect([...s.out().state.keys()].filter((key) => key.startsWith('ledger'))).toEqual([])
  })

  test('by none of the parts for one that was given up: what that one sent was its own', async () => {
    const s = folder()
    const [poison, good] = [s.append({ text: 'poison' }), s.append({ text: 'good' })]
    for (let epoch = 1; epoch <= 5; epoch += 1) {
      const { turn, crash } = await manual(s, { epoch })
      const run = await turn(0)
      if (epoch > 2) expect(run.input.rows.map((row) => row.id)).toEqual([poison.id])
      if (epoch > 2) await send(run, 'x')
      await crash()
    }
    const { turn, until } = await manual(s, { epoch: 6 })
    const last = await turn(0)
    expect(s.out().acks.get(poison.id)).toBe('failed')
    expect(last.input.rows.map((row) => row.id)).toEqual([good.id])
    expect((await send(last, 'x')).text).toContain('Sent to terminal')
    last.result('')
    await until(done(s, good.id))
    expect(s.texts()).toEqual(['x', 'x'])
  })
})
