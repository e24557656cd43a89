import { spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { isNanoclawError } from '../../src/index.ts'

/** A folder that is removed with the test. */
export async function tempFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'nc-schema-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  return folder
}

/** Code and message of what `act` throws, which must be an error of ours. */
export function errorOf(act: () => unknown): { code: string; message: string } {
  try {
    act()
  } catch (error) {
    if (isNanoclawError(error)) return { code: error.code, message: error.message }
    throw error
  }
  throw new Error('expected an error')
}

/** Runs a script in a process of its own against this package's source. */
export function runScript(script: string, args: readonly string[] = [], shell?: string) {
  const flags = ['--conditions=@nanoclaw/source', '--input-type=module-typescript', '-e', script]
  const node = [process.execPath, ...flags, '--', ...args]
  const [command = '', ...rest] =
    shell === undefined ? node : ['/bin/sh', '-c', `${shell}; exec "$@"`, 'sh', ...node]
  const child = spawn(command, rest, { cwd: import.meta.dirname, stdio: ['pipe', 'pipe', 'pipe'] })
  let output = ''
  const said = (stream: NodeJS.ReadableStream) =>
    new Promise<string>((resolve) => {
      stream.on('data', (text: Buffer) => {
        output += text.toString()
        resolve(output)
      })
      stream.once('end', () => resolve(output))
    })
  const firstWords = Promise.race([said(child.stdout), said(child.stderr)])
  const ended = new Promise<{ code: number | null; output: string }>((resolve) =>
    child.once('close', (code) => resolve({ code, output })),
  )
  onTestFinished(async () => {
    child.kill('SIGKILL')
    await ended
  })
  return { child, firstWords, ended }
}
