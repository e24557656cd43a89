import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { echoes, temporaryHome, type Run, type TestHome } from './support/daemon.ts'
import { killTree } from './support/processes.ts'

const plain = { env: { NANOCLAW_DRIVER: 'process' } }

let home: TestHome

beforeEach(async () => {
  home = await temporaryHome()
})

afterEach(() => home.remove())

async function startHeadless(): Promise<Run> {
  const run = home.start(['start', '--headless'], plain)
  await run.until((stderr) => stderr.includes('nano answers'), 'stderr')
  return run
}

it('[X17] the second daemon refuses, names the first and says how to talk to it', async () => {
  const first = await startHeadless()
  const second = await home.run(['start'], 'hello\n', plain)
  expect(second).toMatchObject({ code: 1, stdout: '' })
  expect(second.stderr).toMatch(
    new RegExp(
      `^nanoclaw: a daemon already runs on ${home.home} \\(process ${first.pid}, started \\d{4}-[^)]*Z\\); ` +
        'talk to it with npm run --silent nanoclaw -- chat, .*\\n$',
    ),
  )
  expect((await home.run(['chat'], 'hello\n')).stdout).toBe(echoes(['hello']))
})

it('[X17] of many that start at once on a new home, one runs', async () => {
  const runs = Array.from({ length: 5 }, () => home.start(['start', '--json'], plain))
  for (const run of runs) run.endInput()
  const ended = await Promise.all(runs.map((run) => run.ended))
  const winners = ended.filter(({ code }) => code === 0)
  expect(winners.length).toBeGreaterThanOrEqual(1)
  for (const { code, stderr } of ended) {
    expect(stderr).not.toContain('    at ')
    if (code !== 0) expect(stderr).toContain('a daemon already runs on')
  }
})

it('a daemon that was killed leaves nothing in the way of the next', async () => {
  const first = await startHeadless()
  await killTree(first.pid)
  await first.ended
  expect(existsSync(join(home.home, 'run', 'daemon.sock'))).toBe(true)
  expect(existsSync(join(home.home, 'run', 'daemon.pid'))).toBe(true)
  const next = await startHeadless()
  expect((await home.run(['chat'], 'hello\n')).stdout).toBe(echoes(['hello']))
  next.signal('SIGTERM')
  expect(await next.ended).toMatchObject({ code: 0 })
  expect(existsSync(join(home.home, 'run', 'daemon.sock'))).toBe(false)
  expect(existsSync(join(home.home, 'run', 'daemon.pid'))).toBe(false)
})
