import { access, lstat, readlink } from 'node:fs/promises'
import path from 'node:path'
import type { ContainerSpec } from './port.ts'

/** Where things stand inside the sandbox. */
export const inside = {
  inbound: '/workspace/inbound',
  outbound: '/workspace/outbound',
  agent: '/workspace/agent',
  runner: '/opt/nanoclaw/runner',
  nodeFolder: '/opt/nanoclaw/bin',
} as const

const parents = ['/etc', '/etc/ssl', '/opt', '/opt/nanoclaw', inside.nodeFolder, '/workspace']

/** User that the runner becomes when the daemon is root. */
export interface SandboxUser {
  readonly uid: number
  readonly gid: number
}

/** Descriptors of bwrap beyond the three: its status as JSON, and its arguments. */
export const bwrapFd = { status: 3, args: 4 } as const

/**
 * Options that make a container's file system from nothing: the system's programs, the node and
 * the runner, the folders of one session, a private `/tmp`; all but the agent's folder, outbound
 * and the temporary folders read-only.
 */
export async function mountOptions(
  spec: Pick<ContainerSpec, 'folders' | 'runner'>,
): Promise<string[]> {
  const { folders, runner } = spec
  const options = [
    ...['--ro-bind', '/usr', '/usr'],
    ...(await systemLinks()),
    // Parents that bwrap makes by itself are closed to the sandbox's user.
    ...parents.flatMap((folder) => ['--dir', folder]),
    // What the loader, programs behind `alternatives` and TLS need; no names of the host's users.
    ...['/etc/ld.so.cache', '/etc/alternatives', '/etc/ssl/certs'].flatMap((file) => [
      ...['--ro-bind-try', file, file],
    ]),
    ...['--proc', '/proc', '--dev', '/dev'],
    ...['--perms', '1777', '--tmpfs', '/dev/shm', '--perms', '1777', '--tmpfs', '/tmp'],
    ...['--ro-bind', runner.node, path.posix.join(inside.nodeFolder, 'node')],
    ...['--ro-bind', runner.folder, inside.runner],
    ...['--ro-bind', folders.inbound, inside.inbound],
    ...['--bind', folders.outbound, inside.outbound],
    ...['--bind', folders.agent, inside.agent],
  ]
  for (const file of folders.agentReadonly ?? []) {
    options.push('--ro-bind', file, path.posix.join(inside.agent, path.basename(file)))
  }
  return [...options, '--remount-ro', '/', '--chdir', inside.agent]
}

/** Options that cut the container off: namespaces, session, rights, environment. */
export function isolationOptions(
  user: SandboxUser | null,
  userNamespacesOff: boolean,
  environment: Readonly<Record<string, string>>,
): string[] {
  const namespaces = user
    ? ['ipc', 'pid', 'net', 'uts'].map((name) => `--unshare-${name}`)
    : ['--unshare-all']
  // As root there is no user namespace: it would make the sandbox's user the host's uid 0 for
  // files. setpriv needs these three to become that user, and drops them.
  const capabilities = user ? ['CAP_SETUID', 'CAP_SETGID', 'CAP_SETPCAP'] : []
  return [
    ...namespaces,
    ...(user ? ['--unshare-cgroup-try'] : []),
    ...(!user && userNamespacesOff ? ['--unshare-user', '--disable-userns'] : []),
    ...['--die-with-parent', '--new-session', '--hostname', 'nanoclaw'],
    ...['--cap-drop', 'ALL', ...capabilities.flatMap((name) => ['--cap-add', name])],
    ...['--clearenv', ...Object.entries(environment).flatMap((pair) => ['--setenv', ...pair])],
  ]
}

/** The command inside: node itself, or setpriv that becomes the sandbox's user first. */
export function insideCommand(
  user: SandboxUser | null,
  setpriv: string,
  args: readonly string[],
): string[] {
  const node = [path.posix.join(inside.nodeFolder, 'node'), ...args]
  if (!user) return node
  return [
    setpriv,
    ...['--reuid', String(user.uid), '--regid', String(user.gid), '--clear-groups'],
    ...['--bounding-set=-all', '--inh-caps=-all', '--no-new-privs'],
    ...node,
  ]
}

/** `/bin`, `/lib` and their kin as this distribution has them: links into /usr, or folders. */
async function systemLinks(): Promise<string[]> {
  const names = ['bin', 'sbin', 'lib', 'lib32', 'lib64', 'libx32']
  const options = await Promise.all(
    names.map(async (name) => {
      const at = `/${name}`
      const found = await lstat(at).catch(() => null)
      if (found?.isSymbolicLink()) return ['--symlink', await readlink(at), at]
      return found?.isDirectory() ? ['--ro-bind', at, at] : []
    }),
  )
  return options.flat()
}

/** The first of these files that exists, or null. */
export async function firstExisting(files: readonly string[]): Promise<string | null> {
  for (const file of files) {
    if (
      await access(file).then(
        () => true,
        () => false,
      )
    )
      return file
  }
  return null
}
