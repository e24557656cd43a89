import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { stripVTControlCharacters } from 'node:util'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { ROOT } from '../architecture/tree.ts'
import { kindOf } from './block-kind.ts'
import { commandsOf, proofOf, type ShownCommand } from './commands.ts'
import { documents } from './documents.ts'
import { runCommand } from './run-command.ts'
import { isAsShown, missingLine } from './shown.ts'

const patienceMs = 120_000

let home: string

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'nc-docs-'))
})

afterAll(() => rm(home, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 }))

interface RunCommand extends ShownCommand {
  readonly code: number
  readonly shortened?: string
}

const environment = (): Record<string, string> => ({ NANOCLAW_HOME: home })

/** Starts a command line whose end is waited for, or brought about, by its input or a signal. */
function start(line: string, others: object = environment()): ChildProcessWithoutNullStreams {
  const env = { ...process.env, ...others }
  return spawn('sh', ['-c', line], { cwd: ROOT, env, detached: true })
}

/** What a child prints, as a terminal shows it. `until` rejects when it ends before. */
function screenOf(child: ChildProcessWithoutNullStreams): (awaited: string) => Promise<string> {
  let printed = ''
  let change = Promise.withResolvers<void>()
  const changed = (text = ''): void => {
    printed += text
    change.resolve()
    change = Promise.withResolvers<void>()
  }
  child.stdout.setEncoding('utf8').on('data', changed)
  child.stderr.setEncoding('utf8').on('data', changed)
  child.once('close', () => changed())
  return async (awaited) => {
    for (;;) {
      const shown = stripVTControlCharacters(printed).replaceAll('\r', '\n')
      if (shown.includes(awaited)) return shown
      if (child.exitCode !== null) throw new Error(`it ended before "${awaited}":\n${shown}`)
      await change.promise
    }
  }
}

/** What the documents show, of the commands that run in a clone. */
function shownCommands(runs: 'alone' | 'beside a daemon'): RunCommand[] {
  return documents()
    .flatMap(({ blocks }) => blocks)
    .flatMap((block) =>
      commandsOf(block).map((shown) => ({ shown, proof: proofOf(block.document, shown.command) })),
    )
    .flatMap(({ shown, proof }) =>
      proof !== undefined && 'runs' in proof && proof.runs === runs ? [{ ...shown, ...proof }] : [],
    )
}

async function check({ command, shown, code, shortened = '' }: RunCommand): Promise<void> {
  const run = await runCommand(`${command} ${shortened}`, { cwd: ROOT, env: environment() })
  expect(run.code, run.output).toBe(code)
  if (shown !== '') expect(isAsShown(shown, run.stdout), run.stdout).toBe(true)
}

describe('what the documents show of the command', () => {
  test.for(shownCommands('alone'))('$command', { timeout: patienceMs }, check)
})

describe('beside the daemon of `npm start -- --headless`', () => {
  let daemon: ChildProcessWithoutNullStreams

  beforeAll(async () => {
    daemon = start('exec npm start -- --headless')
    await screenOf(daemon)('nano answers')
  }, patienceMs)

  afterAll(async () => {
    process.kill(-(daemon.pid ?? 0), 'SIGTERM')
    await once(daemon, 'close')
  })

  test.for(shownCommands('beside a daemon'))('$command', { timeout: patienceMs }, check)
})

/** From an empty home on, and with npm's own start at every line. */
const longestWalkMs = 60_000

describe('a script of a document', () => {
  const scripts = documents()
    .flatMap(({ blocks }) => blocks)
    .filter((block) => kindOf(block).kind === 'script')

  test('is there', () => expect(scripts).not.toEqual([]))

  test.for(scripts)('$document:$line does what it says', { timeout: patienceMs }, async (block) => {
    const NANOCLAW_HOME = await mkdtemp(join(tmpdir(), 'nc-docs-'))
    const begun = performance.now()
    const daemon = start('exec npm start -- --headless', { NANOCLAW_HOME })
    try {
      await screenOf(daemon)('nano answers')
      const run = await runCommand(`set -e\n${block.code}`, { cwd: ROOT, env: { NANOCLAW_HOME } })
      expect(run.code, run.output).toBe(0)
      const promised = [...block.code.matchAll(/# prints: (.*)$/gm)].map(([, line = '']) => line)
      expect(promised).not.toEqual([])
      expect(missingLine(promised, run.stdout), run.output).toBeUndefined()
      expect(performance.now() - begun).toBeLessThan(longestWalkMs)
    } finally {
      process.kill(-(daemon.pid ?? 0), 'SIGTERM')
      await once(daemon, 'close')
      await rm(NANOCLAW_HOME, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 })
    }
  })
})

const conversation = documents()
  .flatMap(({ blocks }) => blocks.flatMap(commandsOf))
  .find(({ command, shown }) => command === 'npm start' && shown !== '')

// util-linux's `script` makes a terminal; elsewhere it takes other arguments.
test.runIf(process.platform === 'linux')(
  'a conversation in a terminal looks as the README shows it',
  { timeout: patienceMs },
  async () => {
    const shown = conversation?.shown ?? ''
    const [, said] = /^› (.+)$/m.exec(shown) ?? []
    const child = start("exec script -qec 'stty columns 100; npm start' /dev/null")
    onTestFinished(() => void child.kill())
    const screen = screenOf(child)
    await screen('/help lists')
    child.stdin.write(`${said}\r`)
    const seen = await screen(`echo: ${said}`)
    child.stdin.write('/quit\r')
    await once(child, 'close')
    expect(missingLine(shown.trim().split('\n').filter(isWords), seen)).toBeUndefined()
  },
)

/** The prompt is drawn again and again. */
function isWords(line: string): boolean {
  return line !== '' && !line.startsWith('›')
}
