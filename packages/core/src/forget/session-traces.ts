import { randomBytes } from 'node:crypto'
import { lstat, readdir, rename, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { SessionLayout } from '@nanoclaw/schema'
import { exists, makeFolder, syncFolder } from '../files/durable-files.ts'
import { explainFileError, systemCode } from '../files/file-errors.ts'

const hostOnly = 0o700
const setAside = /^forgotten-/
const archiveFolder = 'archive'

async function namesIn(folder: string): Promise<readonly string[]> {
  try {
    return await readdir(folder)
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return []
    throw error
  }
}

/** Whether an earlier run was cut off before it had removed what it set aside. */
export async function hasSetAside(files: SessionLayout): Promise<boolean> {
  return (await namesIn(files.private)).some((name) => setAside.test(name))
}

/** Files come before their message: such as are younger may still get one. */
const strayAfterMs = 86_400_000

/** Removes files of messages of which there is none: to keep one has failed. All of them, if it is whole. */
export async function removeStrayFiles(
  files: SessionLayout,
  stays: { readonly isWhole: boolean; readonly isRow: (id: string) => boolean },
): Promise<void> {
  const folder = dirname(files.inbox('any'))
  try {
    for (const name of await namesIn(folder)) {
      const path = join(folder, name)
      if (!stays.isWhole) {
        const { mtimeMs } = await lstat(path)
        const isYoung = mtimeMs > (await now(files)) - strayAfterMs
        if (isYoung || stays.isRow(name)) continue
      }
      await rm(path, { recursive: true, force: true })
    }
    await syncFolder(folder)
  } catch (error) {
    if (systemCode(error) !== 'ENOENT') throw explainFileError(error, files.root)
  }
}

/** By the file system's own clock: the folder has just been written. */
async function now(files: SessionLayout): Promise<number> {
  return (await lstat(files.private)).mtimeMs
}

/** The container's folder goes away in one step, with the log of its database. */
async function setOutboundAside(files: SessionLayout): Promise<void> {
  if (!(await exists(files.outbound))) return
  const name = `forgotten-${randomBytes(6).toString('hex')}`
  await rename(files.outbound, join(files.private, name))
  await syncFolder(files.root)
}

/**
 * Removes what the agent of a session remembers of it: all that its container wrote, and the session's
 * own workspace. To be called when no container runs, and everything it said has been taken.
 */
export async function removeMemory(files: SessionLayout): Promise<void> {
  try {
    await makeFolder(files.private, hostOnly)
    await setOutboundAside(files)
    const gone = (await namesIn(files.private)).filter((name) => setAside.test(name))
    for (const name of gone) await rm(join(files.private, name), { recursive: true, force: true })
    await rm(files.workspace, { recursive: true, force: true })
    await syncFolder(files.root)
  } catch (error) {
    throw explainFileError(error, files.root)
  }
}

/**
 * Removes what a session keeps besides its mailbox and its archive: all that its container wrote
 * (what it said, its memory of the conversation, files to send), the container's log, copies of the
 * mailbox from before an upgrade. To be called when no container runs. The container's folder goes
 * away in one step, with the log of its database: one without the other would be another database.
 */
export async function removeTraces(files: SessionLayout, isWhole: boolean): Promise<void> {
  try {
    await makeFolder(files.private, hostOnly)
    await setOutboundAside(files)
    for (const name of await namesIn(files.private)) {
      if (name === archiveFolder) continue
      await rm(join(files.private, name), { recursive: true, force: true })
    }
    await syncFolder(files.private)
    const copies = (await namesIn(files.inbound)).filter((name) => /\.bak(\.|$)/.test(name))
    for (const name of copies) await rm(join(files.inbound, name), { force: true })
    await syncFolder(files.inbound)
    if (isWhole) await rm(files.workspace, { recursive: true, force: true })
  } catch (error) {
    throw explainFileError(error, files.root)
  }
}
