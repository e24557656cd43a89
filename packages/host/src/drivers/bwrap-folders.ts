import { access, chmod, constants, lchown, lstat, open, readdir, rm, stat } from 'node:fs/promises'
import type { Stats } from 'node:fs'
import path from 'node:path'
import { errorMessage, isNanoclawError, NanoclawError } from '@nanoclaw/schema'
import type { SandboxUser } from './bwrap-arguments.ts'
import type { ContainerFolders, RunnerProgram } from './port.ts'

/**
 * Makes a session's folders usable by the sandbox's user, and its mount points safe.
 *
 * Both writable folders have been in the hands of a container that is not trusted, and
 * the agent's folder may be right now (another session of that agent). So nothing here follows a
 * link in them, and work that grows with their contents is done once, when they are handed over.
 *
 * @param user the sandbox's user when the daemon is root; null when both are the same user.
 * @throws NanoclawError `io`, naming the folder.
 */
export async function prepareFolders(
  folders: ContainerFolders,
  user: SandboxUser | null,
): Promise<void> {
  try {
    const readonly = folders.agentReadonly ?? []
    for (const folder of [folders.inbound, folders.outbound, folders.agent]) {
      await expectFolder(folder)
    }
    if (user) {
      await openInbound(folders.inbound)
      await handOver(folders.outbound, user)
      await handOverAgent(folders.agent, user, new Set(readonly.map((f) => path.basename(f))))
    }
    for (const file of readonly) await prepareMountPoint(folders.agent, file, user)
  } catch (cause) {
    if (isNanoclawError(cause)) throw cause
    const why = `Cannot prepare the container's folders: ${errorMessage(cause)}`
    throw new NanoclawError('io', why, { cause })
  }
}

/**
 * Checks that the runner is there and that the sandbox's user can read it. Only the last folder
 * counts: mounts are made by the daemon's user.
 * @throws NanoclawError `bad-option` with the command that mends it.
 */
export async function checkReadable(
  runner: RunnerProgram,
  user: SandboxUser | null,
): Promise<void> {
  const wanted = [
    { file: runner.folder, mode: constants.R_OK | constants.X_OK },
    { file: path.join(runner.folder, runner.entry), mode: constants.R_OK },
    { file: runner.node, mode: constants.R_OK | constants.X_OK },
  ]
  for (const { file, mode } of wanted) {
    try {
      await access(file, mode)
      // R_OK and X_OK are the same bits as those of "others" in a file's mode.
      if (!user || ((await stat(file)).mode & mode) === mode) continue
    } catch (cause) {
      throw new NanoclawError('bad-option', `Runner: ${errorMessage(cause)}`, { cause })
    }
    throw new NanoclawError(
      'bad-option',
      `Runner: ${file} must be readable by every user (the sandbox is not root); ` +
        `run: chmod -R a+rX '${file}'`,
    )
  }
}

/** The host writes here, the sandbox's user reads. What is deeper is made readable by the host. */
async function openInbound(folder: string): Promise<void> {
  await expectFolder(folder)
  await chmod(folder, 0o755)
  for (const { file, found } of await entries(folder)) {
    if (found.isDirectory()) await chmod(file, 0o755)
    else if (found.isFile()) await chmod(file, 0o644)
  }
}

/** Everything in it once; later only what the host has put at its top, such as a database. */
async function handOver(folder: string, user: SandboxUser): Promise<void> {
  const found = await expectFolder(folder)
  if (found.uid === user.uid) {
    for (const entry of await entries(folder)) await own(entry.file, entry.found, user)
  } else {
    await ownAll(folder, user, new Set())
    await lchown(folder, user.uid, user.gid)
  }
}

/**
 * The agent's folder stays root's, writable through its group, and sticky. So the agent can do
 * what it likes with its own files, but not replace root's mount points in it (by a link, say,
 * that would lead bwrap, which mounts as root, out of the sandbox).
 */
async function handOverAgent(
  folder: string,
  user: SandboxUser,
  keep: ReadonlySet<string>,
): Promise<void> {
  const found = await expectFolder(folder)
  if (found.uid === 0 && found.gid === user.gid && (found.mode & 0o7777) === 0o1770) return
  await ownAll(folder, user, keep)
  await lchown(folder, 0, user.gid)
  await chmod(folder, 0o1770)
}

/** An ordinary file at `name`, that a hostile agent cannot make lead elsewhere. */
async function prepareMountPoint(
  folder: string,
  source: string,
  user: SandboxUser | null,
): Promise<void> {
  const target = path.join(folder, path.basename(source))
  const own = path.resolve(source) === path.resolve(target)
  const isSource = await lstat(source).catch(() => null)
  if (!isSource?.isFile()) throw refused(source, 'must be an ordinary file to be mounted')
  for (let round = 0; round < 5; round++) {
    const found = await lstat(target).catch(() => null)
    if (!found) {
      // `wx` follows no link and fails when something came in between.
      await open(target, 'wx', 0o644).then(
        (file) => file.close(),
        () => undefined,
      )
    } else if (found.isFile() && found.nlink === 1) {
      if (!user || found.uid === 0) return
      if (own && found.uid === user.uid) {
        const why = 'belongs to the sandbox’s user, so that an agent may have written it'
        throw refused(target, `${why}; read it, then make it root’s (chown root) or remove it`)
      }
      await lchown(target, 0, 0)
    } else if (own || found.isDirectory()) {
      throw refused(target, 'must be an ordinary file with one link; move it away')
    } else {
      await rm(target, { force: true })
    }
  }
  throw refused(target, 'is being replaced while it is prepared')
}

async function ownAll(folder: string, user: SandboxUser, keep: ReadonlySet<string>): Promise<void> {
  for (const { file, found } of await entries(folder)) {
    if (keep.has(path.basename(file))) continue
    if (found.isDirectory()) await ownAll(file, user, new Set())
    await own(file, found, user)
  }
}

async function own(file: string, found: Stats, user: SandboxUser): Promise<void> {
  if (found.uid !== user.uid || found.gid !== user.gid) await lchown(file, user.uid, user.gid)
}

async function entries(folder: string): Promise<{ file: string; found: Stats }[]> {
  const all: { file: string; found: Stats }[] = []
  for (const name of await readdir(folder)) {
    const file = path.join(folder, name)
    const found = await lstat(file).catch(() => null)
    if (found) all.push({ file, found })
  }
  return all
}

async function expectFolder(folder: string): Promise<Stats> {
  const found = await lstat(folder)
  if (!found.isDirectory()) throw refused(folder, 'must be a folder, not a link or a file')
  return found
}

function refused(file: string, why: string): NanoclawError {
  return new NanoclawError('io', `${file} ${why}`)
}
