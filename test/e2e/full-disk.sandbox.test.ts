import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { temporaryHome, type TestHome } from './support/daemon.ts'
import { hasSmallDisks, onSmallDisk } from './support/small-disk.ts'

const plain = { env: { NANOCLAW_DRIVER: 'process' } }

let home: TestHome

beforeEach(async () => {
  home = await temporaryHome()
})

afterEach(() => home.remove())

function expectSentence(stderr: string): void {
  const last = stderr.trimEnd().split('\n').at(-1)
  expect(last).toMatch(/^nanoclaw: no space left .*; free some and retry$/)
  expect(stderr).not.toMatch(/\bat .*:\d+:\d+|node:internal/)
}

const skipped = hasSmallDisks ? '' : ' (SKIPPED, no file system can be mounted here)'

// Needs a mount namespace, to make a disk of a few kilobytes in it.
describe.skipIf(!hasSmallDisks)(`a full disk${skipped}`, () => {
  it.each(['4k', '64k', '200k'])('of %s stops the first start with one sentence', async (size) => {
    const options = { ...plain, wrapper: onSmallDisk(home.home, size) }
    const { code, stdout, stderr } = await home.run(['start'], 'hello\n', options)
    expectSentence(stderr)
    expect([code, stdout]).toEqual([1, ''])
  })

  it('that fills up while lines come in ends the run with one sentence, not in silence', async () => {
    const options = { ...plain, wrapper: onSmallDisk(home.home, '1500k') }
    const line = `${'a line that takes some room '.repeat(20)}\n`
    const { code, stderr } = await home.run(['start'], line.repeat(4_000), options)
    expectSentence(stderr)
    expect(code).toBe(1)
  })
})
