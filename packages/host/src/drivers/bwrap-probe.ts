import { chmod, mkdir, mkdtemp, rm } from 'node:fs/promises'
import path from 'node:path'
import { errorMessage } from '@nanoclaw/schema'
import { inside, isolationOptions, mountOptions, type SandboxUser } from './bwrap-arguments.ts'
import {
  bwrapCommand,
  type BwrapDriverOptions,
  installBwrap,
  nulSeparated,
} from './bwrap-command.ts'
import { prepareFolders } from './bwrap-folders.ts'
import { labelEnvironment } from './labelled-processes.ts'
import type { ProbeResult } from './port.ts'
import { probeNode } from './probe.ts'

const allowNamespaces =
  'If the kernel forbids user namespaces to ordinary users (sysctl ' +
  'kernel.unprivileged_userns_clone, user.max_user_namespaces, or on Ubuntu ' +
  'kernel.apparmor_restrict_unprivileged_userns), allow them or add an AppArmor profile for ' +
  'bwrap; in a container that may not mount, use another driver.'
const allowMounts =
  'As root bwrap needs CAP_SYS_ADMIN; in a container without it, run the daemon as an ordinary ' +
  'user or use another driver.'

/** What the probe runs inside: the rights that matter, tried rather than read off. */
const probeScript = `
const fs = require('node:fs')
const status = fs.readFileSync('/proc/self/status', 'utf8')
if (/^Cap(Eff|Prm|Bnd|Amb):\\s*0*[1-9a-f]/m.test(status)) throw new Error('capabilities are left')
fs.writeFileSync('${inside.outbound}/x', '')
fs.writeFileSync('${inside.agent}/x', '')
let closed = false
try { fs.writeFileSync('${inside.inbound}/x', '') } catch { closed = true }
if (!closed) throw new Error('inbound is writable')
process.stdout.write('ok')`

/** Starts a sandbox on folders of its own in the run folder and tries what a runner must be able to. */
export async function probeBwrap(
  options: BwrapDriverOptions,
  user: SandboxUser | null,
  userNamespacesOff: boolean,
  runFolder: string,
  signal: AbortSignal | undefined,
): Promise<ProbeResult> {
  if (process.platform !== 'linux') {
    const reason = `bubblewrap exists on Linux only, this is ${process.platform}`
    return { ok: false, reason, remedy: 'Use another driver.' }
  }
  let folder: string | undefined
  try {
    await mkdir(runFolder, { recursive: true, mode: 0o700 })
    folder = await mkdtemp(path.join(runFolder, 'probe-'))
    const at = (name: string) => path.join(folder ?? '', name)
    const folders = { inbound: at('in'), outbound: at('out'), agent: at('agent'), private: at('p') }
    for (const made of [folders.inbound, folders.outbound, folders.agent]) await mkdir(made)
    await prepareFolders(folders, user)
    // So that the probe tries the read-only mount and not the folder's mode.
    await chmod(folders.inbound, 0o777)
    const { file, args } = await bwrapCommand(options, user, ['-e', probeScript])
    const runner = { folder: folders.inbound, entry: 'none', node: process.execPath }
    const sandbox = [
      ...isolationOptions(user, userNamespacesOff, {}),
      ...(await mountOptions({ folders, runner })),
    ]
    return await probeNode({
      command: file,
      args,
      fd4: nulSeparated(sandbox),
      env: labelEnvironment(runFolder),
      remedy: user ? allowMounts : allowNamespaces,
      ...(signal ? { signal } : {}),
    })
  } catch (error) {
    return { ok: false, reason: errorMessage(error), remedy: installBwrap }
  } finally {
    if (folder !== undefined) await rm(folder, { recursive: true, force: true })
  }
}
