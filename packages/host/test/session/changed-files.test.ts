import { appendFile, mkdtemp, rm, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { ChangedFiles } from '../../src/session/changed-files.ts'

async function file(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'nanoclaw-changed-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  const path = join(folder, 'file')
  await writeFile(path, 'a')
  return path
}

it('a file is looked into again only when it may have been written', async () => {
  const path = await file()
  let aheadMs = 0
  const files = new ChangedFiles([path], () => Date.now() + aheadMs)
  const first = await files.haveChanged()
  // So soon after a write another may have the same time.
  const soon = await files.haveChanged()
  aheadMs = 10_000
  const settling = await files.haveChanged()
  const settled = await files.haveChanged()
  await appendFile(path, 'b')
  const written = await files.haveChanged()
  expect([first, soon, settling, settled, written]).toEqual([true, true, true, false, true])
})

it('a file whose time lies ahead, and one that is not there, may always have changed', async () => {
  const path = await file()
  const ahead = new Date(Date.now() + 3_600_000)
  await utimes(path, ahead, ahead)
  for (const files of [new ChangedFiles([path]), new ChangedFiles([`${path}-none`])]) {
    await files.haveChanged()
    expect(await files.haveChanged()).toBe(true)
  }
})
