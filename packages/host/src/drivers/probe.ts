import { spawn } from 'node:child_process'
import type { Writable } from 'node:stream'
import { errorMessage } from '@nanoclaw/schema'
import type { ProbeResult } from './port.ts'

const probeDeadlineMs = 10_000
const longestAnswer = 4096

/** A command that prints `ok` when it could do all that a container needs. */
export interface ProbeCommand {
  readonly command: string
  readonly args: readonly string[]
  /** Bytes for descriptor 4 (`bwrap --args 4`). */
  readonly fd4?: string
  /** Default: empty. */
  readonly env?: Readonly<Record<string, string>>
  /** What the operator can do when it fails. */
  readonly remedy: string
  readonly signal?: AbortSignal
}

/** Runs the command with nothing in its environment but `env`; ok when it prints exactly `ok` and exits 0. */
export function probeNode(probe: ProbeCommand): Promise<ProbeResult> {
  return new Promise((resolve) => {
    const child = spawn(probe.command, probe.args, {
      env: { ...probe.env },
      stdio: ['ignore', 'pipe', 'pipe', 'ignore', 'pipe'],
      signal: AbortSignal.any([
        AbortSignal.timeout(probeDeadlineMs),
        ...(probe.signal ? [probe.signal] : []),
      ]),
      killSignal: 'SIGKILL',
    })
    const said = { out: '', err: '' }
    const keep = (key: 'out' | 'err') => (chunk: Buffer) => {
      if (said[key].length < longestAnswer) said[key] += chunk.toString('utf8')
    }
    child.stdout?.on('data', keep('out'))
    child.stderr?.on('data', keep('err'))
    const extra = child.stdio[4]
    if (isWritable(extra)) {
      extra.on('error', () => undefined)
      extra.end(probe.fd4 ?? '')
    }
    const fail = (reason: string) => resolve({ ok: false, reason, remedy: probe.remedy })
    child.once('error', (error) => fail(`${probe.command}: ${errorMessage(error)}`))
    child.once('close', (code, signal) => {
      if (code === 0 && said.out === 'ok') return resolve({ ok: true })
      const how = signal === null ? `exit code ${code}` : `signal ${signal}`
      const words = `${said.err} ${said.out}`.trim().replaceAll(/\s+/g, ' ').slice(0, 400)
      fail(`${probe.command} ended with ${how}${words === '' ? '' : `: ${words}`}`)
    })
  })
}

/** Whether one of a child's extra descriptors can be written to. */
export function isWritable(stream: unknown): stream is Writable {
  return typeof stream === 'object' && stream !== null && 'write' in stream && 'end' in stream
}
