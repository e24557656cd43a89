import { spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  cpSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openUntrusted } from '@nanoclaw/schema/untrusted'
import { afterEach, describe, expect, test } from 'vitest'
import { runnerEntry, runnerFolder } from '../../src/index.ts'
import { environmentFor, startRunner, type RunnerProcess } from '../support/runner-process.ts'
import { createSessionFolder, type SessionFolder } from '../support/session-folder.ts'

const open: { sessions: SessionFolder[]; runners: RunnerProcess[] } = { sessions: [], runners: [] }

function session(...args: Parameters<typeof createSessionFolder>): SessionFolder {
  const made = createSessionFolder(...args)
  open.sessions.push(made)
  return made
}

function runner(...args: Parameters<typeof startRunner>): RunnerProcess {
  const made = startRunner(...args)
  open.runners.push(made)
  return made
}

afterEach(async () => {
  for (const one of open.runners.splice(0)) {
    if (one.child.exitCode === null && one.child.signalCode === null) await one.kill()
  }
  for (const one of open.sessions.splice(0)) one.remove()
})

test('answers what waits, then what is rung for, and ends with 0 when the host hangs up', async () => {
  const s = session()
  const first = s.append({ text: 'hello' })
  const r = runner(s)
  await r.until(() => s.out().acks.get(first.id) === 'completed')
  const second = s.append({ text: 'again' })
  r.ring()
  await r.until(() => s.out().acks.get(second.id) === 'completed')
  expect(s.texts()).toEqual(['echo: hello', 'echo: again'])
  expect(s.out().messages.map((row) => [row.seq % 2, row.inReplyTo])).toEqual([
    [1, first.id],
    [1, second.id],
  ])
  expect(await r.finish()).toBe(0)
  expect(existsSync(`${s.outboundDb}-wal`)).toBe(true)
})

const effects = (s: SessionFolder): number => {
  const file = join(s.agentFolder, 'effects')
  return existsSync(file) ? readFileSync(file, 'utf8').split('\n').length - 1 : 0
}

/** The host counts what a dead runner held; here the test does. */
function countTries(s: SessionFolder): void {
  const { acks } = s.out()
  for (const [id, status] of acks) {
    if (status !== 'processing') continue
    const found = s.inbound.sqlite
      .prepare<[string], { tries: number }>('SELECT tries FROM messages_in WHERE id = ?')
      .get(id)
    s.setRow(id, { tries: (found?.tries ?? 0) + 1 })
  }
}

test('the folder needs nothing beside it', async () => {
  const elsewhere = mkdtempSync(join(tmpdir(), 'nanoclaw-folder-'))
  try {
    cpSync(runnerFolder, elsewhere, { recursive: true })
    const s = session()
    const row = s.append({ text: 'hello' })
    const child = spawn(process.execPath, [join(elsewhere, runnerEntry)], {
      cwd: s.agentFolder,
      env: environmentFor(s, 1),
    })
    await once(child.stdout, 'data')
    child.stdin.end()
    await once(child, 'exit')
    expect(s.out().acks.get(row.id)).toBe('completed')
  } finally {
    rmSync(elsewhere, { recursive: true, force: true })
  }
})

test('a reader without rights to create files can read after the runner has ended', async () => {
  const s = session()
  const row = s.append({ text: 'hello' })
  const r = runner(s)
  await r.until(() => s.out().acks.get(row.id) === 'completed')
  await r.finish()
  const reader = openUntrusted(s.outboundDb)
  expect(reader.prepare('SELECT count(*) FROM messages_out').pluck().get()).toBe(1)
  reader.close()
})

test.each([
  [
    'no variables at all',
    { SESSION_INBOUND_DB_PATH: undefined, NANOCLAW_EPOCH: undefined },
    ['SESSION_INBOUND_DB_PATH', 'NANOCLAW_EPOCH'],
  ],
  [
    'an epoch that is no number',
    { NANOCLAW_EPOCH: 'soon' },
    ['NANOCLAW_EPOCH (expected a whole number)'],
  ],
  ['a zone that does not exist', { TZ: 'Mars/Olympus' }, ['TZ (expected an IANA time zone']],
  ['a provider that does not exist', { AGENT_PROVIDER: 'oracle' }, ['AGENT_PROVIDER names oracle']],
])('bad environment, %s: 64 and one sentence', async (_name, env, expected) => {
  const s = session()
  const r = runner(s, 1, env)
  expect((await r.exited).code).toBe(64)
  for (const part of expected) expect(r.log()).toContain(part)
  expect(r.log().trim().split('\n')).toHaveLength(1)
})

test('noise on the line is no ring and no harm', async () => {
  const s = session()
  const r = runner(s)
  r.child.stdin?.write(`${'x'.repeat(100_000)}\nringring\n\u0000\n`)
  const row = s.append({ text: 'hello' })
  r.ring()
  await r.until(() => s.out().acks.get(row.id) === 'completed')
})

test('[S1] the heart beats from the event loop while a turn hangs', async () => {
  const s = session()
  s.append({ text: '!hang' })
  const r = runner(s)
  await r.until(() => s.out().acks.size === 1)
  utimesSync(s.heartbeat, 0, 0)
  await r.until(() => statSync(s.heartbeat).mtimeMs > 0)
})

describe('kill -9', () => {
  test('[L6] in mid-turn: every row is answered once by the next runner', async () => {
    const s = session()
    const first = s.append({ text: '!effect effects\n!sleep 60000' })
    const r = runner(s)
    await r.until(() => effects(s) === 1)
    const second = s.append({ text: 'pushed' })
    r.ring()
    await r.until(() => s.out().acks.get(second.id) === 'processing')
    await r.kill()
    expect(s.out().acks.get(first.id)).toBe('processing')
    s.inbound.sqlite
      .prepare('UPDATE messages_in SET content = ? WHERE id = ?')
      .run(JSON.stringify({ text: 'first', sender: 'Ann', senderId: 'u1' }), first.id)
    const next = runner(s, 2)
    await next.until(() => s.out().acks.get(second.id) === 'completed')
    expect(s.texts()).toEqual(['echo: first', 'echo: pushed'])
    expect(s.out().turns).toHaveLength(1)
    expect(s.out().turns[0]).toMatchObject({ claims: 2, epoch: 2, status: 'completed' })
  })

  test('[L8] identical sends of an interrupted turn are made once, and it is told', async () => {
    const s = session()
    const call = '!call send_message {"to":"terminal","text":"once"}'
    const row = s.append({ text: `${call}\n!effect effects\n!hang` })
    const r = runner(s)
    await r.until(() => effects(s) === 1)
    await r.kill()
    const text = `${call}\n!prompt`
    s.inbound.sqlite
      .prepare('UPDATE messages_in SET content = ? WHERE id = ?')
      .run(JSON.stringify({ text, sender: 'Ann', senderId: 'u1' }), row.id)
    const next = runner(s, 2)
    await next.until(() => s.out().acks.get(row.id) === 'completed')
    const [sent, answer] = s.texts()
    expect(sent).toBe('once')
    expect(answer).toContain('[send_message] This message had already been sent to terminal as 3')
    expect(answer).toContain('Already sent, as 3, to terminal: once')
    expect(answer).toContain('Tools it had begun: effect')
    expect(s.out().messages).toHaveLength(2)
  })

  test('at any moment of a conversation: nothing lost, nothing doubled', async () => {
    const s = session()
    const ids: string[] = []
    let epoch = 0
    for (let round = 0; round < 12; round += 1) {
      const r = runner(s, (epoch += 1))
      for (let n = 0; n < 8; n += 1) ids.push(s.append({ text: `m${ids.length}` }).id)
      r.ring()
      const enough = ids.length - 8 + (round % 8)
      await r.until(() => s.out().messages.length >= enough)
      await r.kill()
    }
    const last = runner(s, (epoch += 1))
    await last.until(() => ids.every((id) => s.out().acks.get(id) === 'completed'))
    expect(s.texts()).toEqual(ids.map((_, n) => `echo: m${n}`))
    const replies = s.out().messages.map((message) => message.inReplyTo)
    expect(replies).toEqual(ids)
  })

  test.each([
    ['as the turns count it', false],
    ['as the host counts it too', true],
  ])('[L9] a row that kills its runner is given up after five tries, %s', async (_name, host) => {
    const s = session()
    const before = s.append({ text: 'before' })
    const poison = s.append({ text: '!effect effects\n!crash' })
    const after = s.append({ text: 'after' })
    let starts = 0
    while (s.out().acks.get(after.id) !== 'completed' && starts < 10) {
      const r = runner(s, (starts += 1))
      const given = r.until(() => s.out().acks.get(after.id) === 'completed')
      await given.catch(() => undefined)
      if (host) countTries(s)
    }
    const { acks, turns } = s.out()
    expect(effects(s)).toBe(5)
    expect(starts).toBe(6)
    expect([acks.get(before.id), acks.get(poison.id), acks.get(after.id)]).toEqual([
      'completed',
      'failed',
      'completed',
    ])
    expect(s.texts()).toEqual(['echo: before', 'echo: after'])
    const failed = turns.filter((turn) => turn.status === 'failed')
    expect(failed.map((turn) => turn.error)).toEqual([
      'given up after 5 tries: the runner ended in mid-turn',
    ])
    expect(JSON.parse(failed[0]?.messageIds ?? '')).toEqual([poison.id])
  })

  test('[L9] the tries of the host decide when the turns are gone', async () => {
    const s = session()
    const poison = s.append({ text: '!crash', tries: 5 })
    const good = s.append({ text: 'good' })
    const r = runner(s)
    await r.until(() => s.out().acks.get(good.id) === 'completed')
    expect(s.out().acks.get(poison.id)).toBe('failed')
    expect(s.out().turns.find((turn) => turn.status === 'failed')?.error).toContain('5 tries')
  })
})

test('[S4] two runners at once: the later start owns the session, the other ends with 75', async () => {
  const s = session()
  const hanging = s.append({ text: '!sleep 60000' })
  const old = runner(s, 1)
  await old.until(() => s.out().acks.get(hanging.id) === 'processing')
  s.setRow(hanging.id, { status: 'completed' })
  const now = runner(s, 2)
  const row = s.append({ text: 'hello' })
  now.ring()
  await now.until(() => s.out().acks.get(row.id) === 'completed')
  s.append({ text: 'more' })
  old.ring()
  expect((await old.exited).code).toBe(75)
  expect(old.log()).toContain('start 2 of the container owns this session, this is start 1')
})

test('[S2] claims of the dead do not condemn or block the living', async () => {
  const s = session()
  s.append({ text: '!hang' })
  const dead = runner(s, 1)
  await dead.until(() => s.out().acks.size === 1)
  await dead.kill()
  const [held] = s.out().acks.keys()
  s.setRow(held ?? '', { status: 'failed' })
  const next = runner(s, 2)
  const row = s.append({ text: 'hello' })
  next.ring()
  await next.until(() => s.out().acks.get(row.id) === 'completed')
  expect(s.out().turns.map((turn) => [turn.epoch, turn.status])).toEqual([
    [1, 'interrupted'],
    [2, 'completed'],
  ])
})

test('a file that is no outbound.db ends the runner with one sentence in its log', async () => {
  const s = session()
  const r = runner(s, 1, { SESSION_OUTBOUND_DB_PATH: s.inboundDb })
  expect((await r.exited).code).toBe(1)
  expect(r.log()).toContain('expected a NanoClaw outbound database')
  expect(r.log()).not.toContain('    at ')
})
