import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { expect, test } from 'vitest'
import { threadEntry } from '../../src/threads/thread-entry.ts'
import { temporaryFolder } from '../home.ts'

const refusal = { code: 'bad-option', message: expect.stringContaining('databaseThreads: 0') }

test('the program of threads is found beside a bundle, then where the package is installed', async () => {
  const folder = await temporaryFolder()
  const urlOf = (...names: string[]) => pathToFileURL(join(folder, ...names)).href
  const bundle = { url: urlOf('app.mjs'), resolve: () => urlOf('installed', 'index.js') }
  expect(() => threadEntry(bundle)).toThrow(expect.objectContaining(refusal))
  await mkdir(join(folder, 'installed'))
  await writeFile(join(folder, 'installed', 'database-thread.js'), '')
  expect(threadEntry(bundle)).toBe(join(folder, 'installed', 'database-thread.js'))
  await writeFile(join(folder, 'database-thread.js'), '')
  expect(threadEntry(bundle)).toBe(join(folder, 'database-thread.js'))
})

test('a bundle that finds none says how to do without', () => {
  const missing = () => {
    throw Object.assign(new Error('Cannot find package'), { code: 'ERR_MODULE_NOT_FOUND' })
  }
  const bundles = [{ url: 'file:///nowhere/app.mjs', resolve: missing }, {}]
  for (const bundle of bundles) {
    expect(() => threadEntry(bundle)).toThrow(expect.objectContaining(refusal))
  }
})
