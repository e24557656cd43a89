import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createBwrapDriver } from '@nanoclaw/host'

async function probe(): ReturnType<ReturnType<typeof createBwrapDriver>['probe']> {
  const runFolder = await mkdtemp(join(tmpdir(), 'nanoclaw-probe-'))
  try {
    return await createBwrapDriver({ runFolder }).probe()
  } finally {
    await rm(runFolder, { recursive: true, force: true })
  }
}

const result = await probe()

/** Whether sandboxes can be started here: tried, since some systems forbid them. */
export const bwrapWorks: boolean = result.ok

/** For the title of a suite that is skipped where they cannot; empty where they can. */
export const unlessBwrapWorks: string = result.ok
  ? ''
  : ` (SKIPPED, bwrap does not work here: ${result.reason})`
