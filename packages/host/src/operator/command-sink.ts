import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { NanoclawError } from '@nanoclaw/schema'
import { sendKill } from '../drivers/process-identity.ts'
import { noticeJson } from './operator-notice.ts'
import type { OperatorNotice, OperatorSink } from './operator-sink.ts'

/** What is run for each notice. */
export interface CommandSinkOptions {
  /** A program and its arguments; no shell reads them. */
  readonly command: readonly [file: string, ...args: string[]]
  /**
   * Its environment, to which what is to be told is added. Default: a `PATH` of the usual folders;
   * what the host itself was given is not handed on.
   */
  readonly env?: Readonly<Record<string, string | undefined>> | undefined
}

const usualPath = '/usr/local/bin:/usr/bin:/bin'
const complaintLength = 200
/** What has left the group may hold its standard error for as long as it lives. */
const complaintMs = 500

/** A variable ends at a NUL, and cannot be longer than the system says. */
function variable(value: string): string {
  return value.replaceAll('\0', ' ').slice(0, 8_000)
}

function variablesOf({ key, text, total, incidents }: OperatorNotice): Record<string, string> {
  const [first] = incidents
  const ofOne = first !== undefined &&
    total === 1 && {
      NANOCLAW_INCIDENT_ID: first.id,
      NANOCLAW_INCIDENT_KIND: variable(first.kind),
      NANOCLAW_INCIDENT_SUBJECT: variable(first.subject),
      NANOCLAW_INCIDENT_MESSAGE: variable(first.message),
      NANOCLAW_INCIDENT_OCCURRENCES: String(first.occurrences),
      NANOCLAW_INCIDENT_OPENED_AT: first.openedAt,
    }
  return {
    NANOCLAW_INCIDENT_KEY: key,
    NANOCLAW_INCIDENT_COUNT: String(total),
    NANOCLAW_INCIDENT_TEXT: variable(text),
    ...ofOne,
  }
}

/** The first of what it complains; the rest is read and thrown away, so that it is never blocked. */
function complaintsOf({ stderr }: ChildProcess): () => string {
  let kept = ''
  stderr?.setEncoding('utf8').on('data', (chunk: string) => {
    kept = (kept + chunk).slice(0, complaintLength)
  })
  return () => kept.trim()
}

/** Its whole group; nothing of it is left when the system does not know the number any more. */
function killGroup({ pid }: ChildProcess): void {
  if (pid !== undefined) sendKill(-pid)
}

async function run(
  { command: [file, ...args], env = { PATH: usualPath } }: CommandSinkOptions,
  notice: OperatorNotice,
  signal: AbortSignal,
): Promise<void> {
  signal.throwIfAborted()
  const child = spawn(file, args, {
    // A group of its own, so that what it starts can be ended with it.
    detached: true,
    stdio: ['pipe', 'ignore', 'pipe'],
    env: { ...env, ...variablesOf(notice) },
  })
  const complaints = complaintsOf(child)
  const onAbort = (): void => killGroup(child)
  signal.addEventListener('abort', onAbort)
  try {
    // It need not read what it is given.
    child.stdin?.on('error', () => undefined).end(noticeJson(notice))
    const [code, killedBy] = await once(child, 'exit')
    if (code === 0) return
    killGroup(child)
    const { stderr } = child
    if (stderr?.closed === false) {
      const ends = AbortSignal.any([signal, AbortSignal.timeout(complaintMs)])
      await once(stderr, 'close', { signal: ends }).catch(() => undefined)
    }
    const ended = code === null ? `was ended by ${String(killedBy)}` : `ended with code ${code}`
    const words = complaints()
    throw new Error(`it ${ended}${words === '' ? '' : `: ${words}`}`)
  } finally {
    signal.removeEventListener('abort', onAbort)
    child.stdin?.destroy()
    child.stderr?.destroy()
  }
}

/**
 * Runs a command for each notice: the notice as JSON on its standard input, and in the variables
 * `NANOCLAW_INCIDENT_…`. Exit code 0 means that it has been taken. One that takes too long is killed
 * with its process group. What it prints is thrown away, but for the beginning of its standard
 * error, which is told when it fails.
 * @throws NanoclawError `bad-option` for a command that names no program.
 */
export function createCommandSink(options: CommandSinkOptions): OperatorSink {
  const [file] = options.command
  if (file.trim() === '' || options.command.some((word) => word.includes('\0'))) {
    throw new NanoclawError(
      'bad-option',
      'the operator’s command: expected a program and its arguments',
    )
  }
  return {
    name: `command ${file}`,
    tell: (notice, signal) => run(options, notice, signal),
  }
}
