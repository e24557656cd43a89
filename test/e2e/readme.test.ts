import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, onTestFinished, test } from 'vitest'
import { temporaryHome } from './support/daemon.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))

test('what the README pipes into `npm start` prints what it shows, and nothing else', async () => {
  const readme = await readFile(new URL('../../README.md', import.meta.url), 'utf8')
  const [, command = '', shown] = /^\$ (printf .*)\n([^]*?)^```$/m.exec(readme) ?? []
  expect(command).toMatch(/\| npm start --silent$/)
  const home = await temporaryHome()
  onTestFinished(() => home.remove())
  const { stdout } = await promisify(execFile)('sh', ['-c', command], {
    cwd: root,
    env: { ...process.env, NANOCLAW_HOME: home.home },
  })
  expect(stdout).toBe(shown)
}, 120_000)
