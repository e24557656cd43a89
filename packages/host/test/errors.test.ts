import { expect, test, vi } from 'vitest'
import * as one from '../src/index.ts'

test('two copies of the package in one process know each other’s errors, by brand', async () => {
  vi.resetModules()
  const other = await import('../src/index.ts')
  const theirs = new other.NanoclawError('closed', 'over')
  expect(theirs).not.toBeInstanceOf(one.NanoclawError)
  expect(one.isNanoclawError(theirs) && theirs.code).toBe('closed')
  expect(one.isNanoclawError(new Error('over'))).toBe(false)
})
