import {
  linkSync,
  lstatSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import type { Random } from './random.ts'
import { readState, type Records, type Renaming } from './records.ts'
import { afterPowerCut } from './unsynced-data.ts'

/** What is to lose its power; nothing may be running on it any more. */
export interface PowerLoss {
  /** `POWER_ROOT`. */
  readonly root: string
  /** `POWER_STATE`. */
  readonly state: string
  /** By which some of what was not synced survives; without it nothing does. */
  readonly random?: Random
}

interface Found {
  readonly path: string
  readonly isFolder: boolean
}

/** One path of every inode below some folders, they included. */
function inodesBelow(folders: readonly string[]): Map<number, Found> {
  const paths = folders.flatMap((folder) => [
    folder,
    ...readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((name) => join(folder, name)),
  ])
  return new Map(
    paths.map((path) => {
      const found = lstatSync(path)
      return [found.ino, { path, isFolder: found.isDirectory() }]
    }),
  )
}

function inodeAt(path: string): number {
  return lstatSync(path, { throwIfNoEntry: false })?.ino ?? 0
}

/** The inode that each changed name has after the cut; of its changes the first few survive. */
function namesAfter(
  renamings: readonly Renaming[],
  random: Random | undefined,
): Map<string, number> {
  const operations = [...new Set(renamings.map(({ operation }) => operation))]
  const count = random === undefined ? 0 : Math.floor(random() * (operations.length + 1))
  const survive = new Set(operations.slice(0, count))
  const after = new Map<string, number>()
  for (const { name, before, after: inode, operation } of renamings) {
    if (!after.has(name)) after.set(name, before)
    if (survive.has(operation)) after.set(name, inode)
  }
  return after
}

interface Wanted {
  readonly path: string
  readonly inode: number
}

function wantedNames(
  names: Records<Renaming>,
  inodes: ReadonlyMap<number, Found>,
  random: Random | undefined,
): Wanted[] {
  return [...names].flatMap(([folder, renamings]) => {
    const path = inodes.get(folder)?.path
    if (path === undefined) return []
    return [...namesAfter(renamings, random)]
      .map(([name, inode]) => ({ path: join(path, name), inode }))
      .filter((wanted) => inodeAt(wanted.path) !== wanted.inode)
  })
}

/** Files first, while all paths are as they were found; then folders, the deepest first. */
function restoreNames(wanted: readonly Wanted[], inodes: Map<number, Found>, limbo: string): void {
  for (const { inode } of wanted) {
    const found = inodes.get(inode)
    const kept = join(limbo, String(inode))
    if (found?.isFolder === false && inodeAt(kept) === 0) linkSync(found.path, kept)
  }
  const folders: Wanted[] = []
  for (const { path, inode } of wanted) {
    const now = lstatSync(path, { throwIfNoEntry: false })
    if (now?.isDirectory() === true || inodes.get(inode)?.isFolder === true) {
      folders.push({ path, inode })
      continue
    }
    if (now !== undefined) unlinkSync(path)
    if (inodes.has(inode)) linkSync(join(limbo, String(inode)), path)
  }
  for (const { path, inode } of folders.toSorted((a, b) => b.path.length - a.path.length)) {
    const found = inodes.get(inode)
    rmSync(path, { recursive: true, force: true })
    if (found !== undefined) renameSync(found.path, path)
  }
}

function restoreData({ state, random }: PowerLoss, inodes: ReadonlyMap<number, Found>): void {
  for (const [inode, changes] of readState(state).data) {
    const path = inodes.get(inode)?.path
    if (path === undefined || changes.length === 0) continue
    writeFileSync(path, afterPowerCut(readFileSync(path), changes, random))
  }
}

/** Shared memory is no promise of a disk: it may be gone, or hold anything. */
function spoilSharedMemory(inodes: ReadonlyMap<number, Found>, random: Random | undefined): void {
  for (const { path } of inodes.values()) {
    if (!path.endsWith('-shm')) continue
    if (random === undefined) truncateSync(path, 0)
    else
      writeFileSync(
        path,
        Buffer.from(Array.from({ length: statSync(path).size }, () => random() * 256)),
      )
  }
}

/** Leaves below `root` what a disk may hold after a power cut, and forgets all records. */
export function cutPower(loss: PowerLoss): void {
  const { root, state, random } = loss
  const limbo = join(state, 'limbo')
  const inodes = inodesBelow([root, limbo])
  restoreData(loss, inodes)
  spoilSharedMemory(inodes, random)
  restoreNames(wantedNames(readState(state).names, inodes, random), inodes, limbo)
  for (const folder of ['data', 'names', 'limbo']) {
    for (const name of readdirSync(join(state, folder)))
      rmSync(join(state, folder, name), { recursive: true })
  }
}
