import { statSync } from 'node:fs'
import { hostStateKeys } from '@nanoclaw/schema'
import { messagesIn } from '@nanoclaw/schema/drizzle'
import { and, eq, lte } from 'drizzle-orm'
import { expect, test } from 'vitest'
import { done, folder, manual, say, scripted } from '../support/local-runners.ts'
import type { SessionFolder } from '../support/session-folder.ts'
import { watchStatements } from '../support/watch-statements.ts'

/** What the host does: rows that have ended go, and the mark moves, in one commit. */
function prune(s: SessionFolder, through: number, taken = through): void {
  s.inbound.transact('immediate', () => {
    const ended = and(lte(messagesIn.seq, through), eq(messagesIn.status, 'completed'))
    s.inbound.orm.delete(messagesIn).where(ended).run()
    s.setHostState(hostStateKeys.outboundCursor, String(taken))
    s.setHostState(hostStateKeys.pruneThroughSeq, String(through))
  })
}

type Runner = Awaited<ReturnType<typeof scripted>>

/** Rows that are answered, and have ended; the mark up to which all of them may go, answers included. */
async function converse(s: SessionFolder, { runner, until }: Runner, rows: number) {
  const asked = Array.from({ length: rows }, (_, n) => s.append({ text: `hello ${n}` }))
  runner.ring()
  await until(() => asked.every(({ id }) => s.out().acks.get(id) === 'completed'))
  for (const { id } of asked) s.setRow(id, { status: 'completed' })
  const through = s.out().messages.at(-1)?.seq ?? 0
  return { through, ids: asked.map(({ id }) => id) }
}

const left = (s: SessionFolder) => {
  const { messages, acks, turns, state } = s.out()
  const entries = [...state.keys()].filter((key) => !key.startsWith('continuation:'))
  return { messages: messages.length, acks: acks.size, turns: turns.length, state: entries.length }
}
const nothing = { messages: 0, acks: 0, turns: 0, state: 0 }

test('what the host has pruned is deleted here, and nothing above its mark or its cursor', async () => {
  const s = folder()
  const local = await scripted(s)
  const gone = await converse(s, local, 120)
  const kept = await converse(s, local, 3)
  const answers = s.out().messages
  // The host has not taken the last ten of what may go.
  prune(s, gone.through, answers.at(109)?.seq)
  local.runner.ring()
  await local.until(() => left(s).messages === 13)
  expect(left(s)).toEqual({ ...nothing, messages: 13, acks: 3, turns: 1 })
  expect(
    s
      .out()
      .messages.slice(-3)
      .map((row) => row.inReplyTo),
  ).toEqual(kept.ids)
  prune(s, gone.through)
  local.runner.ring()
  await local.until(() => left(s).messages === 3)
  prune(s, kept.through)
  local.runner.ring()
  await local.until(() => left(s).messages === 0)
  expect(left(s)).toEqual(nothing)
  // The numbers go on from what the host has taken.
  await converse(s, local, 1)
  expect(s.out().messages.map((row) => row.seq)).toEqual([kept.through + 2])
})

test('of a row that has not ended, all stays that keeps its next run from saying things twice', async () => {
  const s = folder()
  const { runner, until, turn } = await manual(s)
  const row = s.append({ text: 'one' })
  runner.ring()
  const first = await turn(0)
  await first.input.tools.call('send_message', { to: 'terminal', text: 'sent once' })
  first.emit({ type: 'error', class: 'retryable', message: 'later' })
  await until(() => s.out().turns[0]?.status === 'interrupted')
  const before = left(s)
  // As if it were put off, and all else had ended.
  prune(s, 1_000_001)
  runner.ring()
  const second = await turn(1)
  expect(left(s)).toEqual({ ...before, acks: 1, state: before.state - 1 })
  await second.input.tools.call('send_message', { to: 'terminal', text: 'sent once' })
  second.emit({ type: 'result', text: say('terminal', 'done'), through: 0 })
  second.end()
  await until(done(s, row.id))
  expect(s.texts()).toEqual(['sent once', 'done'])
  s.setRow(row.id, { status: 'completed' })
  prune(s, 1_000_009)
  runner.ring()
  await until(() => left(s).messages === 0)
  expect(left(s)).toEqual(nothing)
})

test('a runner that is killed at any commit of its pruning leaves what the next one finishes', async () => {
  for (const when of ['before', 'after'] as const) {
    const s = folder()
    const local = await scripted(s)
    for (let n = 0; n < 3; n += 1) await converse(s, local, 40)
    const { through } = await converse(s, local, 40)
    await local.crash()
    prune(s, through)
    let epoch = 2
    for (let commits = 1; ; commits += 1, epoch += 1) {
      let count = 0
      const diesAt = () => (++count === commits ? when : undefined)
      const next = await scripted(s, { epoch, diesAt })
      // It comes to its end, or dies on the way and says so.
      const outcome = next.code.then(
        () => 'ended',
        () => 'died',
      )
      const finished = next.until(() => left(s).messages === 0).then(() => 'pruned')
      finished.catch(() => undefined)
      const first = await Promise.race([outcome, finished])
      await next.crash()
      if (first === 'pruned') break
    }
    expect(left(s)).toEqual(nothing)
    expect(epoch).toBeGreaterThan(3)
  }
})

test('pruning costs what it deletes, and the file does not grow with what has gone', async () => {
  const s = folder()
  const local = await scripted(s)
  const sizes: number[] = []
  const costs: number[] = []
  for (let round = 0; round < 4; round += 1) {
    const { through } = await converse(s, local, 100)
    const { seen, stop } = watchStatements([local.databases.outbound.sqlite])
    prune(s, through)
    local.runner.ring()
    await local.until(() => left(s).messages === 0)
    stop()
    costs.push(seen.filter((text) => !text.startsWith('select "epoch"')).length)
    local.databases.outbound.sqlite.pragma('wal_checkpoint(TRUNCATE)')
    sizes.push(statSync(s.outboundDb).size)
  }
  const [, second = 0, , fourth = 0] = costs
  expect(fourth).toBeLessThanOrEqual(second + 10)
  expect(sizes.at(-1)).toBeLessThanOrEqual(sizes[0] ?? 0)
})
