import { existsSync, mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { chmodSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { isNanoclawError, NanoclawError, type HomeLayout } from '@nanoclaw/schema'
import { acquireLock } from '@nanoclaw/schema/database'
import { z } from 'zod'
import { explainSystemError } from './failure.ts'

/** A home that this process holds. */
export interface HeldHome {
  /** Oddities that stop nothing, one sentence each. */
  readonly warnings: readonly string[]
  /** Lets it go; the pid file goes with it. */
  release(): void
}

/** What the pid file tells the one who comes second. */
const pidShape = z.object({ pid: z.number().int().positive(), startedAt: z.string() })

/**
 * Makes the home's folders, only for this user, and holds the home until `release` or the end of
 * the process, however it ends.
 * @throws NanoclawError `home-in-use`, naming the daemon that has it and how to talk to it; `io` or
 *   `disk-full` when it cannot be used.
 */
export function holdHome(layout: HomeLayout, startedAt: string): HeldHome {
  try {
    const warnings = prepareFolders(layout)
    const lock = lockHome(layout)
    writePid(layout, startedAt)
    return {
      warnings,
      release() {
        rmSync(layout.pidFile, { force: true })
        lock.release()
      },
    }
  } catch (error) {
    throw explainSystemError(error)
  }
}

function prepareFolders(layout: HomeLayout): string[] {
  const warnings: string[] = []
  const isNew = !existsSync(layout.home)
  makeFolder(layout.home)
  if (!isNew && openToOthers(layout.home)) {
    // A folder that already serves something else keeps its rights.
    if (isOurs(layout)) chmodSync(layout.home, 0o700)
    else warnings.push(`${layout.home} holds other things and stays readable by other users`)
  }
  for (const folder of [layout.agents, layout.sessions, layout.run, layout.logs]) {
    makeFolder(folder)
    if (openToOthers(folder)) chmodSync(folder, 0o700)
  }
  return warnings
}

/**
 * Makes a folder, and those above it that are missing. Not by `recursive`, which tries for ever in
 * places such as `/proc` where nothing can be made.
 */
function makeFolder(folder: string): void {
  if (statSync(folder, { throwIfNoEntry: false })?.isDirectory()) return
  const parent = dirname(folder)
  if (parent !== folder && !existsSync(parent)) makeFolder(parent)
  mkdirSync(folder, { mode: 0o700 })
}

function openToOthers(folder: string): boolean {
  return (statSync(folder).mode & 0o077) !== 0
}

/** What commands make in a home before a daemon has been there. */
const madeBefore = new Set(['config.json', 'channels'])

function isOurs({ home, centralDb, lockDb }: HomeLayout): boolean {
  if (existsSync(centralDb) || existsSync(lockDb)) return true
  return readdirSync(home).every((entry) => madeBefore.has(entry))
}

function lockHome(layout: HomeLayout): { release(): void } {
  try {
    return acquireLock(layout.lockDb)
  } catch (error) {
    if (!isNanoclawError(error) || error.code !== 'home-in-use') throw error
    throw new NanoclawError('home-in-use', inUse(layout), { cause: error })
  }
}

function inUse(layout: HomeLayout): string {
  const first = readPid(layout)
  const who = first
    ? `process ${first.pid}, started ${first.startedAt}`
    : 'its process is not known'
  return (
    `a daemon already runs on ${layout.home} (${who}); talk to it with ` +
    'npm run --silent nanoclaw -- chat, or choose another home with NANOCLAW_HOME'
  )
}

/** What the pid file says; undefined when there is none or it says nothing. */
export function readPid(layout: HomeLayout): z.infer<typeof pidShape> | undefined {
  try {
    return pidShape.parse(JSON.parse(readFileSync(layout.pidFile, 'utf8')))
  } catch {
    return undefined
  }
}

/** Renamed into place, so that nobody reads half of it. */
function writePid(layout: HomeLayout, startedAt: string): void {
  const draft = join(layout.run, 'daemon.pid.new')
  writeFileSync(draft, `${JSON.stringify({ pid: process.pid, startedAt })}\n`, { mode: 0o600 })
  renameSync(draft, layout.pidFile)
}
