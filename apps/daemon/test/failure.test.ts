import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { NanoclawError } from '@nanoclaw/schema'
import { expect, it } from 'vitest'
import { CommandFailure, describeFailure } from '../src/failure.ts'

const systemError = (code: string, path?: string) =>
  Object.assign(new Error(`${code}: something, open 'x'`), { code, ...(path && { path }) })

it('says known errors in their own words', () => {
  const report = describeFailure(new NanoclawError('corrupt', 'x is not a sound database'))
  expect(report).toEqual({ exitCode: 1, code: 'corrupt', message: 'x is not a sound database' })
  expect(describeFailure(new CommandFailure(3, 'not-running', 'none'))).toMatchObject({
    exitCode: 3,
    code: 'not-running',
    message: 'none',
  })
})

it('says the operating system’s errors in words, with the path', () => {
  expect(describeFailure(systemError('ENOSPC', '/srv/logs'))).toMatchObject({
    exitCode: 1,
    code: 'disk-full',
    message: 'no space left on the disk to write /srv/logs; free some and retry',
  })
  for (const code of ['EACCES', 'EROFS', 'ENOTDIR', 'EEXIST', 'ELOOP', 'ENAMETOOLONG']) {
    const { message, code: known } = describeFailure(systemError(code, '/h'))
    expect(known).toBe('io')
    expect(message).toMatch(/^\/h cannot be used: /)
  }
})

it('keeps the stack of what nobody expected for the log, and names the log', () => {
  const folder = mkdtempSync(join(tmpdir(), 'nc-failure-'))
  try {
    const log = join(folder, 'daemon.log')
    const report = describeFailure(new TypeError('x is not\na function'), log)
    expect(report).toEqual({
      exitCode: 1,
      code: 'unexpected',
      message: `something went wrong that should not: x is not a function; the details are in ${log}`,
    })
    expect(readFileSync(log, 'utf8')).toContain('failure.test.ts')
    expect(describeFailure('bare', join(folder, 'no', 'log')).message).toContain('could not be')
  } finally {
    rmSync(folder, { recursive: true })
  }
})
