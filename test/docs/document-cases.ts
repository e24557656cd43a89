import { strict as assert } from 'node:assert'
import { mkdir, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { kindOf } from './block-kind.ts'
import { placeOf, type CodeBlock } from './code-blocks.ts'
import { commandsOf, installation } from './commands.ts'
import { documents } from './documents.ts'
import { runCommand } from './run-command.ts'
import { isAsShown, missingLine, shownByComments } from './shown.ts'

/** What one document shows, as a test that any runner can run. */
export interface DocumentCase {
  readonly name: string
  /**
   * `folder`: where npm has installed the packages, `typescript` and `@types/node`. Rejects with
   * the place in the document that is not true.
   */
  run(folder: string): Promise<void>
}

const compilerOptions = {
  strict: true,
  noEmit: true,
  module: 'nodenext',
  target: 'es2023',
  lib: ['es2024', 'esnext.disposable'],
  types: ['node'],
  allowImportingTsExtensions: true,
  erasableSyntaxOnly: true,
  verbatimModuleSyntax: true,
  allowJs: true,
  checkJs: true,
}

/** Drizzle's own declarations do not compile: where its types are used, libraries go unchecked. */
const USES_DRIZZLE = /'@nanoclaw\/schema\/(database|drizzle)'/

/** A test for each document that has code, and two that compile the code of all of them. */
export function documentCases(): DocumentCase[] {
  const withCode = documents().filter(({ blocks }) => blocks.some((block) => fileOf(block)))
  const sources = (usesDrizzle: boolean): string[] =>
    withCode
      .filter(({ text }) => USES_DRIZZLE.test(text) === usesDrizzle)
      .flatMap(({ path, blocks }) => blocks.map((block) => join(slug(path), fileOf(block) ?? '')))
      .filter((file) => /\.(ts|js)$/.test(file))
  return [
    ...withCode.map(({ path, blocks }) => ({
      name: `${path} does what it shows`,
      run: (folder: string) => play(blocks, join(folder, 'documents', slug(path))),
    })),
    {
      name: 'all code of the documents compiles strictly, libraries included',
      run: (folder) => compile(folder, 'tsconfig.json', sources(false), { skipLibCheck: false }),
    },
    {
      name: 'so does code with Drizzle in it, but for the libraries',
      run: (folder) => compile(folder, 'drizzle.json', sources(true), { skipLibCheck: true }),
    },
  ]
}

/** The packages that the documents tell people to install. */
export function installedByDocuments(): string[] {
  const lines = documents().flatMap(({ blocks }) => blocks.filter(isShell).flatMap(commandsOf))
  const names = lines.flatMap(
    ({ command }) => installation.exec(command)?.groups?.names?.split(/\s+/) ?? [],
  )
  return [...new Set(names)].toSorted()
}

function isShell({ language }: CodeBlock): boolean {
  return language === 'sh' || language === 'console'
}

/** The file that a block becomes, from the document's folder; undefined: none. */
function fileOf(block: CodeBlock): string | undefined {
  const found = kindOf(block)
  switch (found.kind) {
    case 'file':
      return found.path
    case 'program':
    case 'types':
      return `line-${block.line}.${block.language}`
    default:
      return undefined
  }
}

function slug(path: string): string {
  return path.replace(/^docs\/|\.md$/g, '').replaceAll(/[^A-Za-z0-9]+/g, '-')
}

/** Plays the blocks of one document in a folder of its own, in order. */
async function play(blocks: readonly CodeBlock[], folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true })
  await put(join(folder, 'package.json'), '{ "private": true, "type": "module" }\n')
  let printed = ''
  for (const block of blocks) printed = (await playBlock(block, folder, printed)) ?? printed
}

/** Resolves with what it prints, where it is a program. `printed`: what the last one did. */
async function playBlock(
  block: CodeBlock,
  folder: string,
  printed: string,
): Promise<string | undefined> {
  const found = kindOf(block)
  const file = fileOf(block)
  if (file !== undefined) await put(join(folder, file), block.code)
  switch (found.kind) {
    case 'program':
      return await runProgram(block, folder, file ?? '')
    case 'output':
      checkLines(block, block.code.trim().split('\n'), printed)
      return undefined
    case 'commands':
      if (found.project !== 'none') await runInProject(block, folder, found.project === 'fails')
      return undefined
    case 'types':
    case 'file':
    case 'config':
    case 'json':
    case 'script':
    case 'form':
      return undefined
    default:
      return found satisfies never
  }
}

/** Each program has a folder of its own to work in, beside it. */
async function runProgram(block: CodeBlock, folder: string, file: string): Promise<string> {
  const cwd = join(folder, `run-${block.line}`)
  await mkdir(cwd, { recursive: true })
  const { code, stdout, output } = await runCommand(`node ../${file}`, { cwd })
  assert.equal(code, 0, `${placeOf(block)} ended with ${code}:\n${output}`)
  checkLines(block, shownByComments(block.code), stdout)
  return stdout
}

function checkLines(block: CodeBlock, shown: readonly string[], printed: string): void {
  const missing = missingLine(shown, printed)
  const why = `${placeOf(block)} says "${missing}", which is not printed; this is:\n${printed}`
  assert.equal(missing, undefined, why)
}

async function runInProject(block: CodeBlock, folder: string, fails: boolean): Promise<void> {
  for (const { command, shown } of commandsOf(block)) {
    if (installation.test(command)) continue
    const { code, stdout, output } = await runCommand(command, { cwd: folder })
    const at = `${placeOf(block)}: ${command}`
    assert.equal(code !== 0, fails, `${at} ended with ${code}:\n${output}`)
    if (shown !== '') assert.ok(isAsShown(shown, stdout), `${at} prints something else:\n${output}`)
  }
}

async function compile(
  folder: string,
  config: string,
  files: readonly string[],
  options: { readonly skipLibCheck: boolean },
): Promise<void> {
  const cwd = join(folder, 'documents')
  const content = { compilerOptions: { ...compilerOptions, ...options }, files }
  await put(join(cwd, config), JSON.stringify(content))
  const tsc = join(folder, 'node_modules/typescript/bin/tsc')
  const { code, output } = await runCommand(`node ${JSON.stringify(tsc)} -p ${config}`, { cwd })
  assert.equal(code, 0, output)
}

async function put(path: string, text: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true })
  await writeFile(path, text)
}
