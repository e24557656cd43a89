import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'

/** Where homes are made: memory is enough, for no power is cut here. */
const parent = '/dev/shm'

/** A new folder for a home; its name says which process will remove it. */
export function makeHome(): Promise<string> {
  return mkdtemp(join(parent, `nanoclaw-crash-${process.pid}-`))
}

/** Removes the homes that were left by processes which are gone: killed in the middle of a test. */
export async function removeAbandonedHomes(): Promise<void> {
  for (const name of await readdir(parent)) {
    const [, pid] = /^nanoclaw-crash-(\d+)-/.exec(name) ?? []
    if (pid === undefined || isAlive(Number(pid))) continue
    await rm(join(parent, name), { recursive: true, force: true })
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch (error) {
    // It is somebody else's.
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}
