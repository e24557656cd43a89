import { execFile } from 'node:child_process'
import { delimiter, dirname } from 'node:path'
import { promisify } from 'node:util'
import { cleanEnvironment } from '../../../scripts/lib/child.mjs'
import { ROOT } from '../../support/published.ts'

/** How to run a program. */
export interface RunOptions {
  readonly cwd: string
  readonly timeoutMs: number
  /** The Node that `node` is. Default: the one of the tests. */
  readonly node?: string
}

/**
 * Runs a program as a stranger would: nothing of the workspace in its environment. Gives what it
 * printed; rejects, with all that it said, when it fails or takes too long.
 */
export async function run(
  program: string,
  args: readonly string[],
  { cwd, timeoutMs, node = process.execPath }: RunOptions,
): Promise<string> {
  const env = Object.fromEntries(
    Object.entries(cleanEnvironment()).filter(([name]) => !OURS.test(name)),
  )
  const path = (env.PATH ?? '').split(delimiter).filter((entry) => !entry.startsWith(ROOT))
  try {
    const { stdout } = await promisify(execFile)(program, [...args], {
      cwd,
      env: { ...env, PATH: [dirname(node), ...path].join(delimiter), NO_COLOR: '1' },
      timeout: timeoutMs,
      killSignal: 'SIGKILL',
      maxBuffer: 64 * 1024 * 1024,
    })
    return stdout
  } catch (error) {
    const { killed, stdout = '', stderr = '' } = Object(error) as Ended
    const why = killed ? `was not done within ${timeoutMs / 1000} s` : 'failed'
    throw new Error(`${[program, ...args].join(' ')} ${why}:\n${stdout}${stderr}`)
  }
}

interface Ended {
  readonly killed?: boolean
  readonly stdout?: string
  readonly stderr?: string
}

/** Of the tests, or of the tools that run them: no stranger has it. */
const OURS =
  /^(NODE_OPTIONS|NODE_PATH|NODE_V8_COVERAGE|VITEST.*|VITE_.*|TEST|NANOCLAW_.*|TURBO_.*|FORCE_COLOR)$/
