import { setTimeout as delay } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { runnerTimes } from '../../src/runner/runner-times.ts'
import { deaf, done, folder, manual, say, scripted } from '../support/local-runners.ts'

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

  test('stop ends a turn that waits for its next try', async () => {
    const s = folder()
    const row = s.append({ text: 'a' })
    const { runner, provider, turn, until } = await manual(s)
    await (await turn(0)).input.tools.call('send_message', { to: 'terminal', text: 'x' })
    ;(await turn(0)).emit({ type: 'error', class: 'retryable', message: 'overloaded' })
    await until(() => s.out().turns[0]?.status === 'interrupted')
    s.append(command('stop'))
    runner.ring()
    await until(done(s, row.id))
    expect(s.out().turns[0]).toMatchObject({ status: 'interrupted', error: 'stopped by command' })
    const next = s.append({ text: 'b' })
    runner.ring()
    const second = await turn(1)
    expect(second.input.rows.map(({ id }) => id)).toEqual([next.id])
    second.result('')
    await until(done(s, next.id))
    expect(provider.turns).toHaveLength(2)
    expect([...s.out().state.keys()].filter((key) => /^(ledger|waiting)/.test(key))).toEqual([])
  })

  test('stop ends a turn whose provider fails over it', async () => {
    const s = folder()
    const row = s.append({ text: 'a' })
    const { runner, turn, until } = await manual(s)
    const first = await turn(0)
    first.emit({ type: 'progress', note: 'n' })
    s.append(command('stop'))
    runner.ring()
    first.emit({ type: 'error', class: 'retryable', message: 'overloaded' })
    await until(done(s, row.id))
    expect(s.out().turns[0]).toMatchObject({ claims: 1, error: 'stopped by command' })
  })

  test('stop ends a turn within a second whose provider does not listen', async () => {
    const s = folder()
    const row = s.append({ text: 'a' })
    const { runner, until } = await deaf(s)
    await until(() => s.out().acks.get(row.id) === 'processing')
    s.append(command('stop'))
    const from = performance.now()
    runner.ring()
    await until(done(s, row.id))
    expect(performance.now() - from).toBeLessThan(1_000)
  })

  test('stop ends what was there before it and has not begun, and lets what comes later run', async () => {
    const s = folder()
    const row = s.append({ text: '!hang' })
    const stop = s.append(command('stop'))
    const next = s.append({ text: 'next' })
    const { until } = await scripted(s)
    await until(done(s, next.id))
    expect(s.out().acks.get(stop.id)).toBe('completed')
    expect(s.out().turns.map(({ status, messageIds }) => [status, messageIds])).toEqual([
      ['interrupted', JSON.stringify([row.id])],
      ['completed', JSON.stringify([next.id])],
    ])
  })

  test('stop ends the turn that a dead runner has left, and not the rows behind it', async () => {
    const s = folder()
    const row = s.append({ text: '!hang' })
    const first = await scripted(s)
    await first.until(() => s.out().acks.get(row.id) === 'processing')
    await first.crash()
    const next = s.append({ text: 'next', platformId: 'elsewhere' })
    s.append(command('stop'))
    const { until } = await scripted(s, { epoch: 2 })
    await until(done(s, next.id))
    expect(done(s, row.id)()).toBe(true)
    expect(s.out().turns.map(({ status }) => status)).toEqual(['interrupted', 'completed'])
  })

  test('compact is not obeyed in silence', async () => {
    const s = folder()
    const row = s.append(command('compact'))
    const { until, log } = await scripted(s)
    await until(done(s, row.id))
    expect(log).toContain(
      'warn compact: the provider scripted cannot; its conversation is unchanged',
    )
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

  test('a runner that is asked to leave finishes its turn, however long it takes, and takes no more', async () => {
    const s = folder()
    const a = s.append({ text: 'a' })
    const { runner, code, turn, provider } = await manual(s, { graceMs: 1 })
    const first = await turn(0)
    runner.leave()
    const b = s.append({ text: 'b' })
    runner.ring()
    await delay(30)
    first.result(say('terminal', 'A'))
    expect(await code).toBe(0)
    expect(s.out().acks.get(a.id)).toBe('completed')
    expect(s.out().acks.has(b.id)).toBe(false)
    expect(provider.turns).toHaveLength(1)
  })

  test('a runner that is hung up on while it leaves has its grace and no more', async () => {
    const s = folder()
    const a = s.append({ text: 'a' })
    const { runner, code, turn } = await manual(s, { graceMs: 10 })
    await turn(0)
    runner.leave()
    runner.finish()
    expect(await code).toBe(0)
    expect(s.out().acks.get(a.id)).not.toBe('completed')
  })

  test('a runner that was hung up on claims nothing, not even what it had chosen', async () => {
    const s = folder()
    let finish = (): void => undefined
    let commits = 0
    const { runner, code, provider } = await manual(s, {
      diesAt: () => {
        commits += 1
        if (commits !== 2) return undefined
        finish()
        throw Object.assign(new Error('a lock is in the way'), { code: 'SQLITE_BUSY' })
      },
    })
    finish = () => runner.finish()
    const row = s.append({ text: 'a' })
    runner.ring()
    expect(await code).toBe(0)
    expect(s.out().acks.has(row.id)).toBe(false)
    expect(provider.turns).toHaveLength(0)
  })

  test('the runner is done before the host, after 10 s, ends it', () => {
    expect(runnerTimes.graceMs + runnerTimes.patienceMs).toBeLessThanOrEqual(8000)
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

  test('a turn does not come again for its context alone', async () => {
    const s = folder()
    s.setHostState('on_interrupted', 'ask')
    const context = s.append({ text: 'said before', trigger: 0 })
    const row = s.append({ text: 'a' })
    const { runner, code, turn } = await manual(s)
    await turn(0)
    runner.finish()
    expect(await code).toBe(0)
    s.setRow(row.id, { status: 'paused' })
    const next = await manual(s, { epoch: 2 })
    const other = s.append({ text: 'b', platformId: 'elsewhere' })
    next.runner.ring()
    expect((await next.turn(0)).input.rows.map(({ id }) => id)).toEqual([other.id])
    ;(await next.turn(0)).result('')
    s.setRow(row.id, { status: 'pending' })
    next.runner.ring()
    const again = await next.turn(1)
    expect(again.input.rows.map(({ id }) => id)).toEqual([context.id, row.id])
    again.result('')
    await next.until(done(s, row.id))
  })

  test.each(['rerun', 'ask'])(
    'restarts in a long turn are no tries of it: nothing is split or given up (%s)',
    async (onInterrupted) => {
      const s = folder()
      s.setHostState('on_interrupted', onInterrupted)
      const context = s.append({ text: 'said before', trigger: 0 })
      const ids = [context.id, s.append({ text: 'a' }).id, s.append({ text: 'b' }).id]
      for (let epoch = 1; epoch <= 6; epoch += 1) {
        const { runner, code, turn } = await manual(s, { epoch })
        const run = await turn(0)
        expect(run.input.rows.map(({ id }) => id)).toEqual(ids)
        expect(run.input.prompt.includes('interrupted')).toBe(epoch > 1)
        const sent = await run.input.tools.call('send_message', { to: 'terminal', text: 'x' })
        expect(sent.text.includes('already been sent')).toBe(epoch > 1)
        // Some providers fail when they are interrupted, others come to their end.
        const aborted = { type: 'error', class: 'retryable', message: 'aborted' } as const
        if (epoch % 2 === 0) run.whenInterrupted(aborted)
        runner.finish()
        expect(await code).toBe(0)
        expect(s.out().turns).toMatchObject([{ status: 'interrupted', claims: 0 }])
        const held = ids.map((id) => s.out().acks.get(id))
        const expected = onInterrupted === 'ask' ? 'processing' : undefined
        expect(held).toEqual([expected, expected, expected])
      }
      expect(s.texts()).toEqual(['x'])
    },
  )

  test('where a person is asked, a turn that is cut off keeps its rows claimed', async () => {
    const s = folder()
    s.setHostState('on_interrupted', 'ask')
    const a = s.append({ text: 'a' })
    const { runner, code, turn } = await manual(s, { graceMs: 0 })
    const first = await turn(0)
    runner.finish()
    expect(await code).toBe(0)
    expect(s.out().acks.get(a.id)).toBe('processing')
    expect(s.out().turns[0]).toMatchObject({ status: 'interrupted' })
    s.setRow(a.id, { status: 'paused' })
    const asked = await manual(s, { epoch: 2 })
    const b = s.append({ text: 'b' })
    asked.runner.ring()
    const behind = await asked.turn(0)
    expect(behind.input.rows.map(({ id }) => id)).toEqual([b.id])
    behind.result('')
    await asked.until(done(s, b.id))
    s.setRow(a.id, { status: 'pending' })
    asked.runner.ring()
    const again = await asked.turn(1)
    expect(again.input.turnId).toBe(first.input.turnId)
    expect(again.input.prompt).toContain('interrupted')
    again.result('')
    await asked.until(done(s, a.id))
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
