import { randomBytes } from 'node:crypto'
import type { Stats } from 'node:fs'
import { chmod, link, lstat, mkdir, open, readdir, rename, stat, unlink } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { explainFileError, systemCode } from './file-errors.ts'

/** What is at a path, a link itself; undefined: nothing. */
async function lookAt(path: string): Promise<Stats | undefined> {
  try {
    return await lstat(path)
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return undefined
    throw explainFileError(error, path)
  }
}

/** Whether there is anything at a path; a link counts, wherever it points. */
export async function exists(path: string): Promise<boolean> {
  return (await lookAt(path)) !== undefined
}

/** Makes a folder's entries survive a power cut. */
export async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r')
  try {
    await folder.sync()
  } finally {
    await folder.close()
  }
}

/**
 * As {@link syncFolder}, of a folder that holds one of ours: where we may write into it but not read
 * it, it cannot be opened, and nothing can be done.
 */
export async function syncParent(path: string): Promise<void> {
  try {
    await syncFolder(dirname(path))
  } catch (error) {
    if (systemCode(error) !== 'EACCES') throw explainFileError(error, dirname(path))
  }
}

/** True when it was made, durably; false when there was a folder. */
async function mkdirOnce(path: string, mode: number): Promise<boolean> {
  try {
    await mkdir(path, { mode })
    await syncParent(path)
    return true
  } catch (error) {
    if (systemCode(error) !== 'EEXIST' || !(await stat(path)).isDirectory()) throw error
    return false
  }
}

/** Node's own `recursive` never returns where a parent can neither be found nor made, as in /proc. */
async function mkdirWithParents(path: string, mode: number): Promise<boolean> {
  try {
    return await mkdirOnce(path, mode)
  } catch (error) {
    const parent = dirname(path)
    if (systemCode(error) !== 'ENOENT' || parent === path) throw error
    // There by now: somebody else has made it meanwhile. Where nothing can be made it fails again.
    if (!(await exists(parent))) await mkdirWithParents(parent, mode)
    return mkdirOnce(path, mode)
  }
}

/** Makes a folder with its parents, durably; `mode` holds whatever the umask says. */
export async function makeFolder(path: string, mode: number): Promise<void> {
  try {
    if (await mkdirWithParents(path, mode)) await chmod(path, mode)
  } catch (error) {
    throw explainFileError(error, path)
  }
}

/** A folder to make. */
export interface NewFolder {
  readonly path: string
  readonly mode: number
}

/** As {@link makeFolder}, of several in one that is there: one sync, also when none was missing. */
export async function makeFoldersIn(parent: string, folders: readonly NewFolder[]): Promise<void> {
  const make = async ({ path, mode }: NewFolder): Promise<void> => {
    try {
      await mkdir(path, { mode })
      await chmod(path, mode)
    } catch (error) {
      const isThere = systemCode(error) === 'EEXIST' && (await stat(path)).isDirectory()
      if (!isThere) throw explainFileError(error, path)
    }
  }
  await Promise.all(folders.map(make))
  await syncFolder(parent)
}

async function writeTemporary(folder: string, bytes: Uint8Array, mode: number): Promise<string> {
  const path = join(folder, `.${randomBytes(9).toString('hex')}.tmp`)
  const file = await open(path, 'wx', mode)
  try {
    await file.writeFile(bytes)
    await file.chmod(mode)
    await file.sync()
  } catch (error) {
    await unlink(path)
    throw error
  } finally {
    await file.close()
  }
  return path
}

const noHardLinks = new Set(['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS'])

/** What to write durably. `temporaryFolder` is on the same file system as `path`. */
export interface DurableFile {
  readonly path: string
  readonly temporaryFolder: string
  readonly bytes: Uint8Array
  readonly mode: number
}

const isTemporary = (name: string) => name.startsWith('.') && name.endsWith('.tmp')

/** Somebody else may have finished our work. */
async function removeName(path: string): Promise<void> {
  try {
    await unlink(path)
  } catch (error) {
    if (systemCode(error) !== 'ENOENT') throw error
  }
}

/**
 * Removes the temporary name of a file whose creation was cut off after it got its own; whether there
 * is anything at its path.
 */
export async function finishCreation({
  path,
  temporaryFolder,
}: Pick<DurableFile, 'path' | 'temporaryFolder'>): Promise<boolean> {
  try {
    const found = await lookAt(path)
    if (found === undefined || !found.isFile() || found.nlink === 1) return found !== undefined
    for (const name of (await readdir(temporaryFolder)).filter(isTemporary)) {
      const other = join(temporaryFolder, name)
      const named = await lookAt(other)
      if (named?.ino === found.ino && named.dev === found.dev) await removeName(other)
    }
    await syncFolder(temporaryFolder)
    return true
  } catch (error) {
    throw explainFileError(error, path)
  }
}

/** Gives a file its name, whole, where there is none; false: there is one. Nothing is synced but its bytes. */
async function placeFile(file: DurableFile): Promise<boolean> {
  const temporary = await writeTemporary(file.temporaryFolder, file.bytes, file.mode)
  try {
    // A hard link fails where a name exists; renaming would replace what a racer already uses.
    await link(temporary, file.path)
    await removeName(temporary)
  } catch (error) {
    const code = systemCode(error)
    if (noHardLinks.has(code) && !(await exists(file.path))) {
      await rename(temporary, file.path)
    } else {
      await unlink(temporary)
      if (code !== 'EEXIST' && !noHardLinks.has(code)) throw error
      return false
    }
  }
  return true
}

/**
 * Makes files that are there whole or not at all, side by side, and never replaces one: of several who
 * make one at once, one wins. The folders of the names and of the temporary names are synced, each
 * once: whoever made a file may have been killed before its name was, and a temporary name that came
 * back would leave a file with two, which nobody trusts. Resolves to whether each was made here.
 */
export async function createFiles(files: readonly DurableFile[]): Promise<readonly boolean[]> {
  const explained = async <T>(work: (file: DurableFile) => Promise<T>): Promise<readonly T[]> =>
    Promise.all(
      files.map((file) =>
        work(file).catch((error: unknown) => {
          throw explainFileError(error, file.path)
        }),
      ),
    )
  const made = await explained(placeFile)
  const folders = files.flatMap(({ path, temporaryFolder }) => [dirname(path), temporaryFolder])
  await Promise.all([...new Set(folders)].map(syncFolder))
  if (made.includes(false)) await explained(finishCreation)
  return made
}

/** As {@link createFiles}, of one. */
export async function createFile(file: DurableFile): Promise<boolean> {
  const [made = false] = await createFiles([file])
  return made
}

/** Replaces a file in one step: a reader sees the old one or the new one. */
export async function replaceFile(file: DurableFile): Promise<void> {
  try {
    const temporary = await writeTemporary(file.temporaryFolder, file.bytes, file.mode)
    try {
      await rename(temporary, file.path)
    } catch (error) {
      await unlink(temporary)
      throw error
    }
    await syncFolder(dirname(file.path))
  } catch (error) {
    throw explainFileError(error, file.path)
  }
}
