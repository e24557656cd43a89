import { relative } from 'node:path'
import { createInterface } from 'node:readline/promises'
import { parseArgs } from 'node:util'
import { createAdapterPackage, type CreatedPackage } from './create-adapter-package.ts'

/** What the command reads and writes. */
export interface CommandStreams {
  readonly stdin: NodeJS.ReadStream
  readonly stdout: NodeJS.WriteStream
  readonly stderr: NodeJS.WriteStream
}

const HELP = `Writes a package with a NanoClaw channel adapter that works, its tests and the conformance suite.

Usage:
  npm create @nanoclaw/adapter@latest NAME
  pnpm create @nanoclaw/adapter NAME

  NAME             the platform, such as rocket-chat, or the whole name of the package,
                   such as @ann/nanoclaw-adapter-rocket-chat; asked for in a terminal
  --folder DIR     where it is written (default: the name of the package); has to be empty
  -h, --help       this text
`

/** Runs the command; gives the exit code: 0, 1 when it failed, 2 when it was not understood. */
export async function runCommand(
  args: readonly string[],
  streams: CommandStreams,
): Promise<number> {
  const { stdout, stderr } = streams
  const flags = readFlags(args)
  if (flags instanceof Error) {
    stderr.write(`create-adapter: ${flags.message}; see --help\n`)
    return 2
  }
  if (flags.help) {
    stdout.write(HELP)
    return 0
  }
  const name = flags.name ?? (await askName(streams))
  if (name === undefined) {
    stderr.write('create-adapter: expected the name of a platform; see --help\n')
    return 2
  }
  try {
    stdout.write(nextSteps(await createAdapterPackage({ name, folder: flags.folder })))
    return 0
  } catch (error) {
    stderr.write(`create-adapter: ${error instanceof Error ? error.message : String(error)}\n`)
    return 1
  }
}

interface Flags {
  readonly name: string | undefined
  readonly folder: string | undefined
  readonly help: boolean
}

function readFlags(args: readonly string[]): Flags | Error {
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: { folder: { type: 'string' }, help: { type: 'boolean', short: 'h' } },
    })
    if (positionals.length > 1) return new Error(`expected one name, got ${positionals.join(' ')}`)
    return { name: positionals[0], folder: values.folder, help: values.help === true }
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error))
  }
}

/** Undefined where there is nobody to ask, or nobody answers. */
async function askName({ stdin, stdout }: CommandStreams): Promise<string | undefined> {
  if (!stdin.isTTY || !stdout.isTTY) return undefined
  const lines = createInterface({ input: stdin, output: stdout })
  try {
    const answer = await lines.question('Name of the platform (such as rocket-chat): ')
    return answer.trim() || undefined
  } catch {
    return undefined
  } finally {
    lines.close()
  }
}

function nextSteps({ packageName, folder }: CreatedPackage): string {
  const near = relative('.', folder)
  const path = near.startsWith('..') ? folder : near || '.'
  return `Wrote ${packageName} to ${path}: an adapter that works, for a small chat service in its tests.

  cd ${path}
  npm install
  npm test

Then make it speak your platform's API; README.md says where. Choose a licence before you publish.
`
}
