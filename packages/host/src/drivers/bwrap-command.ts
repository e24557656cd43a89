import path from 'node:path'
import { NanoclawError } from '@nanoclaw/schema'
import { bwrapFd, firstExisting, insideCommand, type SandboxUser } from './bwrap-arguments.ts'

/** What a caller may choose of the bwrap driver. */
export interface BwrapDriverOptions {
  /**
   * User that the runner becomes when the daemon is root; without effect otherwise (the runner
   * then has the daemon's own uid). Default 64646: fits the 65,536 ids of a user namespace, is no
   * ordinary user's (1000 is often a real person) and nobody's by name. systemd's `DynamicUser`
   * takes from 61184–65519; where services use that, choose another.
   */
  readonly uid?: number
  /** Its group. Default: the same number as `uid`. */
  readonly gid?: number
  /** bubblewrap's program. Default: where distributions put it. */
  readonly bwrap?: string
  /** util-linux's setpriv, needed when the daemon is root; must lie in `/usr`. */
  readonly setpriv?: string
}

const defaultUid = 64646

/** Remedy where bwrap is missing. */
export const installBwrap = 'Install bubblewrap (Debian, Ubuntu: apt-get install bubblewrap).'
const installSetpriv = 'Install setpriv (Debian, Ubuntu: apt-get install util-linux).'

/** A program on the host with its arguments. */
export interface Command {
  readonly file: string
  readonly args: readonly string[]
}

/** `bwrap --args 4 -- …`; options travel by pipe, so that no list of processes shows them. */
export async function bwrapCommand(
  options: BwrapDriverOptions,
  user: SandboxUser | null,
  nodeArgs: readonly string[],
): Promise<Command> {
  const places = ['/usr/bin', '/usr/local/bin', '/bin']
  const find = async (name: string, chosen: string | undefined, fix: string) => {
    const candidates = chosen === undefined ? places.map((p) => path.join(p, name)) : [chosen]
    const found = await firstExisting(candidates)
    if (found !== null) return found
    throw new NanoclawError('driver-unavailable', `${candidates.join(', ')}: not found. ${fix}`)
  }
  const file = await find('bwrap', options.bwrap, installBwrap)
  const setpriv = user ? await find('setpriv', options.setpriv, installSetpriv) : ''
  const inner = insideCommand(user, setpriv, nodeArgs)
  return { file, args: ['--args', String(bwrapFd.args), '--', ...inner] }
}

/** Whom the runner becomes; null when the daemon is no root. @throws NanoclawError `bad-option`. */
export function sandboxUser(options: BwrapDriverOptions): SandboxUser | null {
  const uid = options.uid ?? defaultUid
  const gid = options.gid ?? uid
  for (const [name, value] of Object.entries({ uid, gid })) {
    // 65535 and 4294967295 mean "no change" to some calls.
    if (!Number.isSafeInteger(value) || value < 1 || value > 4_294_967_293 || value === 65_535) {
      const why = `bwrap driver: ${name} must be the number of a user other than root, not ${value}`
      throw new NanoclawError('bad-option', why)
    }
  }
  return process.getuid?.() === 0 ? { uid, gid } : null
}

/** Arguments as `bwrap --args` reads them. */
export function nulSeparated(args: readonly string[]): string {
  return args.map((arg) => `${arg}\0`).join('')
}
