import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { NanoclawError } from '@nanoclaw/schema'
import { openBegunRecord, type Begun } from './begun-record.ts'
import { createLineReader } from './line-reader.ts'
import { longestAnswer, parseMessage, type ReaderMessage } from './wire.ts'

/** How a reader process is started. */
export interface ReaderChildOptions {
  /** The node that runs it. */
  readonly nodePath: string
  /** The program: {@link readerEntry}. */
  readonly entry: string
  readonly args: readonly string[]
  /** Where its record may be made, by preference. */
  readonly folders: readonly string[]
}

/** What a child does that its owner has to act on. */
export interface ReaderChildEvents {
  message(message: ReaderMessage): void
  /** It has said what is no message; it must be ended. */
  garbled(): void
  /** Called once. `how` is for people: `signal SIGBUS`, `code 1: …`. */
  exited(how: string): void
}

/** One reader process. */
export interface ReaderChild {
  send(line: string): void
  /** What it has begun last; to be asked in {@link ReaderChildEvents.exited} at the latest. */
  lastBegun(): Begun
  /** SIGKILL: it may be stuck in a system call. */
  kill(): void
  readonly exited: Promise<void>
}

const heapMegabytes = 128
const longestLastWords = 2_000

/** The reader's program beside this module: its source in a checkout, else what was built of it. */
export function readerEntry(): string {
  const name = import.meta.url.endsWith('.ts') ? './reader-main.ts' : './reader.js'
  return fileURLToPath(new URL(name, import.meta.url))
}

function nodeArguments({ entry, args }: ReaderChildOptions): string[] {
  return [
    `--max-old-space-size=${heapMegabytes}`,
    // No child processes, no threads, no writing of files but SQLite's own.
    '--permission',
    '--allow-addons',
    '--allow-fs-read=*',
    '--disable-warning=SecurityWarning',
    ...(entry.endsWith('.ts') ? ['--conditions=@nanoclaw/source'] : []),
    entry,
    ...args,
  ]
}

/** Starts a reader process, with an empty environment. */
export function startReaderChild(
  options: ReaderChildOptions,
  events: ReaderChildEvents,
): ReaderChild {
  const record = openBegunRecord(options.folders)
  const child = spawn(options.nodePath, nodeArguments(options), {
    env: {},
    // The last as `recordDescriptor`.
    stdio: ['pipe', 'pipe', 'pipe', record.descriptor],
  })
  const { stdin, stdout, stderr } = child
  if (stdin === null || stdout === null || stderr === null) {
    throw new NanoclawError('io', 'expected pipes to the reader process, got none')
  }
  let lastWords = ''
  const lines = createLineReader(longestAnswer, (line) => {
    const message = parseMessage(line)
    if (message === undefined) events.garbled()
    else events.message(message)
  })
  stdout.on('data', (chunk: Buffer) => {
    if (lines.push(chunk)) return
    stdout.destroy()
    events.garbled()
  })
  stderr.on('data', (chunk: Buffer) => {
    lastWords = (lastWords + chunk.toString('utf8')).slice(-longestLastWords)
  })
  // A pipe of a process that was killed ends in EPIPE; its exit says all there is to say.
  for (const stream of [stdin, stdout, stderr]) {
    stream.on('error', () => undefined)
  }
  const exited = new Promise<void>((resolve) => {
    const ended = (how: string) => {
      events.exited(how)
      record.close()
      resolve()
    }
    child.once('error', (error) => ended(error.message))
    child.once('close', (code, signal) =>
      ended(signal === null ? `code ${String(code)}: ${lastWords.trim()}` : `signal ${signal}`),
    )
  })
  return {
    send: (line) => void stdin.write(line),
    lastBegun: () => record.last(),
    kill: () => void child.kill('SIGKILL'),
    exited,
  }
}
