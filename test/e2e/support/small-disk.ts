import { execFile } from 'node:child_process'
import { promisify } from 'node:util'

const run = promisify(execFile)

const privately =
  process.getuid?.() === 0 ? ['unshare', '--mount'] : ['unshare', '--map-root-user', '--mount']

/**
 * A wrapper that runs a command with a small file system of its own at a folder, which is gone with
 * the command. `prepare` is a line of shell run before it.
 */
export function onSmallDisk(folder: string, size: string, prepare = ':'): readonly string[] {
  const script = `mount -t tmpfs -o size=${size},mode=700 tmpfs "$0" && { ${prepare}; } && exec "$@"`
  return [...privately, 'sh', '-c', script, folder]
}

/** Whether such a file system can be made here. */
export const hasSmallDisks: boolean = await run('unshare', [
  ...privately.slice(1),
  ...['sh', '-c', 'mount -t tmpfs -o size=64k tmpfs /tmp'],
]).then(
  () => true,
  () => false,
)
