import { chmod, mkdir, open, rename, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { LongText } from './long-content.ts'

async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r')
  try {
    await folder.sync()
  } finally {
    await folder.close()
  }
}

/** The sandbox's user reads it, whatever the umask says. */
async function makeReadable(path: string): Promise<void> {
  await mkdir(path).catch((error: unknown) => {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error
  })
  await chmod(path, 0o755)
}

async function writeDurably(folder: string, { name, text }: LongText): Promise<void> {
  const temporary = join(folder, `.${name}.tmp`)
  const file = await open(temporary, 'w', 0o644)
  try {
    await file.writeFile(text)
    await file.chmod(0o644)
    await file.sync()
  } finally {
    await file.close()
  }
  await rename(temporary, join(folder, name))
}

/**
 * Keeps the files of a row, in its folder of a session's inbox; durable when it resolves. To be called
 * before the row is appended, since what was accepted must be whole (I2); a crash in between leaves
 * files of no row, which nobody is shown.
 */
export async function keepFiles(inbox: string, files: readonly LongText[]): Promise<void> {
  const all = dirname(inbox)
  await makeReadable(all)
  await makeReadable(inbox)
  for (const file of files) await writeDurably(inbox, file)
  for (const folder of [inbox, all, dirname(all)]) await syncFolder(folder)
}

/** The row is another one, which has its own. */
export async function removeFiles(inbox: string): Promise<void> {
  await rm(inbox, { recursive: true, force: true })
}
