import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { fillTemplate } from './fill-template.ts'
import { readNames, type AdapterNames } from './names.ts'

/** What {@link createAdapterPackage} is told. */
export interface CreateOptions {
  /**
   * The platform, such as `rocket-chat`: lower case, digits, hyphens; or the whole name of the
   * package, such as `@ann/nanoclaw-adapter-rocket-chat`.
   */
  readonly name: string
  /** Where the package is written. Default: a folder of the package's name, without its scope. */
  readonly folder?: string | undefined
}

/** What was written. */
export interface CreatedPackage {
  readonly packageName: string
  /** Absolute. */
  readonly folder: string
  /** Paths from the folder on, sorted. */
  readonly files: readonly string[]
}

/** Where the template is: beside `src` and beside `dist`. */
const template = fileURLToPath(new URL('../template', import.meta.url))
const manifest = fileURLToPath(new URL('../package.json', import.meta.url))

/** What npm, or a tool that looks at a package, would take for its own. */
const renamed: Readonly<Record<string, string>> = {
  gitignore: '.gitignore',
  '_package.json': 'package.json',
}
const leftOut = new Set(['node_modules', 'dist'])

/**
 * Writes a package with an adapter that works, its tests and the conformance suite.
 * @throws Error with a sentence that says what to do, when the name cannot be one or the folder
 *   has something in it; as `node:fs` does when it cannot be written.
 */
export async function createAdapterPackage(options: CreateOptions): Promise<CreatedPackage> {
  const names = readNames(options.name)
  if (names === undefined) {
    throw new Error(
      `expected the name of a platform, such as rocket-chat (lower case, digits, hyphens), or of a package, such as @ann/nanoclaw-adapter-rocket-chat, not ${JSON.stringify(options.name)}`,
    )
  }
  const folder = resolve(options.folder ?? basename(names.packageName))
  await expectEmpty(folder)
  const range = `^${await ownVersion()}`
  const files: string[] = []
  for (const path of await filesOf(template)) {
    const text = fillTemplate(await readFile(join(template, path), 'utf8'), names)
    const target = targetOf(path, names)
    await mkdir(dirname(join(folder, target)), { recursive: true })
    await writeFile(join(folder, target), target === 'package.json' ? withRange(text, range) : text)
    files.push(target)
  }
  return { packageName: names.packageName, folder, files: files.sort() }
}

function targetOf(path: string, names: AdapterNames): string {
  return renamed[path] ?? fillTemplate(path, names)
}

async function expectEmpty(folder: string): Promise<void> {
  const found = await readdir(folder).catch((error: unknown) => {
    if (error instanceof Error && Reflect.get(error, 'code') === 'ENOENT') return []
    throw error
  })
  if (found.length === 0) return
  throw new Error(`${folder} is not empty; choose another folder with --folder`)
}

async function filesOf(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { withFileTypes: true })
  const found = await Promise.all(
    entries
      .filter(({ name }) => !leftOut.has(name))
      .map(async (entry) => {
        if (!entry.isDirectory()) return [entry.name]
        const below = await filesOf(join(folder, entry.name))
        return below.map((path) => join(entry.name, path))
      }),
  )
  return found.flat()
}

/** Ours are released together, under one version. */
async function ownVersion(): Promise<string> {
  const content: unknown = JSON.parse(await readFile(manifest, 'utf8'))
  const version: unknown = Reflect.get(Object(content), 'version')
  if (typeof version !== 'string') throw new Error(`expected a version in ${manifest}`)
  return version
}

function withRange(text: string, range: string): string {
  return text.replaceAll(/("@nanoclaw\/adapters": )"[^"]*"/g, `$1"${range}"`)
}
