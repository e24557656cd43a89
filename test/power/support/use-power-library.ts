import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll } from 'vitest'
import { buildPowerLibrary, powerWorks } from './library.ts'

/** The library, built once for all tests of a file; to be called at its top. The path is there in tests. */
export function usePowerLibrary(): () => string {
  const folder = mkdtempSync(join(tmpdir(), 'nanoclaw-power-'))
  let library: string | undefined
  beforeAll(async () => {
    if (powerWorks) library = await buildPowerLibrary(folder)
  })
  afterAll(() => rmSync(folder, { recursive: true, force: true }))
  return () => {
    if (library === undefined) throw new Error('expected to be called inside a test')
    return library
  }
}
