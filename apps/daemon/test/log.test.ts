import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { createLog, type LogOptions } from '../src/log.ts'

let folder = ''

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'nc-log-'))
})

afterEach(() => rmSync(folder, { recursive: true, force: true }))

function open(options: Partial<LogOptions> = {}) {
  const notices: string[] = []
  const path = join(folder, 'daemon.log')
  const notice = (line: string): void => void notices.push(line)
  const log = createLog({ path, notice, level: 'info', ...options })
  return { log, notices, path }
}

it('writes lines of JSON with ISO times, and says warnings and errors aloud in plain words', () => {
  const { log, notices, path } = open()
  log.debug({}, 'not this')
  log.info({ session: 's' }, 'one')
  log.warn({ channel: 'terminal', attempt: 2, deep: {} }, 'two')
  log.error({ err: new Error('broken\npipe') }, 'three')
  log.close()
  const lines = readFileSync(path, 'utf8').trim().split('\n')
  const found = lines.map((line): Record<string, unknown> => JSON.parse(line))
  expect(found.map(({ msg }) => msg)).toEqual(['one', 'two', 'three'])
  expect(found[0]).toMatchObject({ session: 's', time: expect.stringMatching(/^\d{4}-.*Z$/) })
  expect(found[2]).toMatchObject({ err: { stack: expect.stringContaining('log.test.ts') } })
  expect(notices).toEqual([
    'warning: two (channel: terminal, attempt: 2)',
    'error: three (err: broken pipe)',
  ])
  expect((statSync(path).mode & 0o777).toString(8)).toBe('600')
})

it('says the same thing once in a while, and how often it was kept back', () => {
  const { log, notices, path } = open({ repeatMs: 60_000 })
  for (let n = 0; n < 500; n += 1) log.warn({ n }, 'again')
  log.warn({}, 'another')
  expect(notices).toEqual(['warning: again (n: 0)', 'warning: another'])
  const hasty = open({ repeatMs: 0 })
  hasty.log.warn({}, 'again')
  hasty.log.warn({}, 'again')
  expect(hasty.notices).toHaveLength(2)
  log.close()
  hasty.log.close()
  expect(readFileSync(path, 'utf8').trim().split('\n')).toHaveLength(503)
})

it('keeps what people write off the disk and off the screen, even when somebody logs it', () => {
  const { log, notices, path } = open()
  log.warn({ text: 'dear diary', row: { content: 'dear diary' }, token: 'dear diary' }, 'a slip')
  log.close()
  expect(readFileSync(path, 'utf8') + notices.join('')).not.toContain('dear diary')
})

it('puts a grown file aside and keeps three', () => {
  const { log } = open({ maxBytes: 200 })
  for (let n = 0; n < 40; n += 1) log.info({ n }, 'x'.repeat(60))
  log.close()
  const files = readdirSync(folder).sort()
  expect(files).toEqual(['daemon.log', 'daemon.log.1', 'daemon.log.2', 'daemon.log.3'])
  for (const file of files) expect(statSync(join(folder, file)).size).toBeLessThan(500)
})
