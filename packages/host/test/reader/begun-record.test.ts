import { closeSync, fstatSync, openSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { expect, it, onTestFinished } from 'vitest'
import { createBegunWriter, openBegunRecord } from '../../src/reader/begun-record.ts'

it('a record has its room on the disk from the beginning, in the first folder that has any', () => {
  const record = openBegunRecord(['/nowhere', tmpdir()])
  onTestFinished(() => record.close())
  expect(fstatSync(record.descriptor).size).toBe(16)
  expect(record.last()).toEqual({ request: 0, atNs: 0n })
  createBegunWriter(record.descriptor)()
  expect(record.last().request).toBe(1)
})

it('a read goes on though the disk has no room to note that it has begun', () => {
  const full = openSync('/dev/full', 'r+')
  onTestFinished(() => closeSync(full))
  const begin = createBegunWriter(full)
  expect(begin).not.toThrow()
})
