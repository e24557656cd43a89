import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { text } from 'node:stream/consumers'

const tsc = fileURLToPath(new URL('../../../../node_modules/typescript/bin/tsc', import.meta.url))

/** What a program ended with. */
export interface Ended {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

/** Runs Node with these arguments, with our packages from their sources and no input. */
export async function run(args: readonly string[], { cwd }: { cwd: string }): Promise<Ended> {
  const child = spawn(process.execPath, ['--conditions=@nanoclaw/source', ...args], {
    cwd,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const ended = new Promise<number | null>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', resolve)
  })
  const [stdout, stderr, code] = await Promise.all([text(child.stdout), text(child.stderr), ended])
  return { code, stdout, stderr }
}

/** What `tsc` has against a package that was written; `''` when nothing. */
export async function typeCheck(folder: string): Promise<string> {
  const args = [tsc, '-p', folder, '--customConditions', '@nanoclaw/source']
  const { stdout } = await run(args, { cwd: folder })
  return stdout
}
