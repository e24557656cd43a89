import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { open, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { hasSmallDisks } from '../e2e/support/small-disk.ts'

const run = promisify(execFile)
const blockBytes = 1024 * 1024

/** Whether this process may give itself a disk of its own, on which sandboxes work, too. */
export const mayMount = process.getuid?.() === 0 && hasSmallDisks

/**
 * Runs the program again with a mount namespace of its own, in which a small disk is gone with it;
 * the exit code.
 */
export async function againWithMounts(argv: readonly string[]): Promise<number> {
  const child = spawn('unshare', ['--mount', process.execPath, ...process.execArgv, ...argv], {
    stdio: 'inherit',
  })
  const pass = (signal: NodeJS.Signals): void => void child.kill(signal)
  process.on('SIGINT', pass).on('SIGTERM', pass)
  const [code] = await once(child, 'exit')
  return typeof code === 'number' ? code : 1
}

/** A disk that can be filled up, and emptied again. */
export interface SmallDisk {
  fill(): Promise<void>
  empty(): Promise<void>
  /** Takes it away, with everything on it. */
  unmount(): Promise<void>
}

/** Mounts one at a folder; only in a mount namespace of one's own. */
export async function mountSmallDisk(folder: string, megabytes: number): Promise<SmallDisk> {
  await run('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m,mode=700`, 'tmpfs', folder])
  const ballast = join(folder, 'ballast')
  return {
    async fill() {
      const file = await open(ballast, 'w')
      try {
        for (let size = blockBytes; size >= 4_096; size /= 2) await append(file, size)
      } finally {
        await file.close()
      }
    },
    empty: () => rm(ballast, { force: true }),
    unmount: async () => void (await run('umount', ['--lazy', folder])),
  }
}

/** Until nothing of this size has room. */
async function append(file: Awaited<ReturnType<typeof open>>, size: number): Promise<void> {
  const block = Buffer.alloc(size)
  for (;;) {
    try {
      const { bytesWritten } = await file.write(block)
      if (bytesWritten < size) return
    } catch {
      return
    }
  }
}
