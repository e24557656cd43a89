import { existsSync } from 'node:fs'
import { afterEach, expect, test } from 'vitest'
import { startRunner, type RunnerProcess } from '../support/runner-process.ts'
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
