import { execFile } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)
const source = join(import.meta.dirname, '../library')

const strict = ['-std=gnu11', '-O1', '-Wall', '-Wextra', '-Werror', '-fPIC', '-shared']

async function whyNot(): Promise<string | undefined> {
  if (process.platform !== 'linux') return `this is ${process.platform}, not Linux`
  if (process.arch !== 'x64' && process.arch !== 'arm64') return `this is ${process.arch}`
  try {
    await run('cc', ['-fsyntax-only', '-include', 'stdio.h', '-x', 'c', '/dev/null'])
    return undefined
  } catch {
    return 'there is no cc that works'
  }
}

const reason = await whyNot()

/** Whether the library of `../library` can be built and used here. */
export const powerWorks: boolean = reason === undefined

/** For the title of a suite that is skipped where it cannot; empty where it can. */
export const unlessPowerWorks: string = reason === undefined ? '' : ` (SKIPPED, ${reason})`

/** Builds the library into a folder; its path, for `LD_PRELOAD`. Rejects with what `cc` says. */
export async function buildPowerLibrary(folder: string): Promise<string> {
  const library = join(folder, 'power.so')
  const files = readdirSync(source).filter((name) => name.endsWith('.c'))
  await run('cc', [...strict, '-o', library, ...files, '-ldl'], { cwd: source })
  return library
}
