import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  writeFileSync,
} from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { publishedPackages, readManifest, ROOT } from '../../support/published.ts'
import { run } from './run.ts'

/** Where the packed packages lie, and where a stranger has installed them. */
export interface Consumer {
  /** An npm project with all our packages, their peers, TypeScript and Node's types. */
  readonly folder: string
  /** The tarballs, by the name of the package. */
  readonly tarballs: Readonly<Record<string, string>>
  readonly runtimes: Runtimes
}

/** Programs that run JavaScript, by what our packages promise about them. */
export interface Runtimes {
  /** The oldest Node that runs all packages. */
  readonly oldestNode: string
  /** The oldest Node that runs `@nanoclaw/adapters`. */
  readonly oldestNodeOfAdapters: string
  readonly bun: string
}

const MINUTE_MS = 60_000
const INSTALL = ['install', '--no-audit', '--no-fund', '--no-package-lock', '--loglevel=error']

/** Packs every published package and installs the tarballs with npm, outside the workspace. */
export async function makeConsumer(): Promise<Consumer & { remove(): Promise<void> }> {
  const base = realpathSync(await mkdtemp(join(tmpdir(), 'nanoclaw-packed-')))
  const remove = () => rm(base, { recursive: true, force: true })
  try {
    assertNothingInReach(base)
    const tarballs = await packAll(join(base, 'tarballs'))
    const folder = join(base, 'consumer')
    await installInto(folder, [...Object.values(tarballs), ...companions()])
    const runtimes = await installRuntimes(join(base, 'runtimes'))
    return { folder, tarballs, runtimes, remove }
  } catch (error) {
    await remove()
    throw error
  }
}

/** Node looks for packages in every folder above. */
function assertNothingInReach(folder: string): void {
  const found = join(folder, 'node_modules')
  if (existsSync(found)) throw new Error(`expected no packages above, there is ${found}`)
  if (dirname(folder) !== folder) assertNothingInReach(dirname(folder))
}

async function packAll(target: string): Promise<Record<string, string>> {
  mkdirSync(target)
  const pnpm = join(ROOT, 'node_modules/pnpm/bin/pnpm.cjs')
  const tarballs: Record<string, string> = {}
  for (const { folder, name, entries } of publishedPackages()) {
    const missing = entries.find(({ types }) => !existsSync(join(ROOT, types)))
    if (missing !== undefined)
      throw new Error(`there is no ${missing.types}; run \`npm run build\``)
    await run(process.execPath, [pnpm, 'pack', '--pack-destination', target], {
      cwd: join(ROOT, folder),
      timeoutMs: MINUTE_MS,
    })
    const start = name.replace('@', '').replace('/', '-')
    const file = readdirSync(target).find((one) => new RegExp(`^${start}-\\d`).test(one))
    if (file === undefined) throw new Error(`pnpm pack has made no tarball of ${name}`)
    tarballs[name] = join(target, file)
  }
  return tarballs
}

/** What a stranger installs beside: the peers, what examples and documents need, what checks types. */
function companions(): string[] {
  const examples = readdirSync(join(ROOT, 'examples'))
    .map((name) => `examples/${name}`)
    .filter((folder) => existsSync(join(ROOT, folder, 'package.json')))
  const wanted = examples.map(readManifest).map((manifest) => ({
    ...manifest.devDependencies,
    ...manifest.dependencies,
  }))
  const { devDependencies = {} } = readManifest('.')
  const { typescript, '@types/node': types } = devDependencies
  const all: Record<string, string | undefined> = {
    ...Object.assign({}, readManifest('test').dependencies, ...wanted),
    typescript,
    '@types/node': types,
  }
  return Object.entries(all)
    .filter(([name]) => !name.startsWith('@nanoclaw/'))
    .map(([name, version]) => `${name}@${version}`)
}

async function installRuntimes(folder: string): Promise<Runtimes> {
  const node = `node-${process.platform}-${process.arch}`
  const bun = `@oven/bun-${process.platform}-${process.arch === 'x64' ? 'x64-baseline' : 'aarch64'}`
  // Under other names, so that none becomes the `node` of scripts.
  const versions = { 'node-of-all': '22.18.0', 'node-of-adapters': '20.9.0' }
  await installInto(folder, [
    ...Object.entries(versions).map(([name, version]) => `${name}@npm:${node}@${version}`),
    `bun@npm:${bun}@1.4.5`,
  ])
  const program = (path: string): string => join(folder, 'node_modules', path)
  return {
    oldestNode: program('node-of-all/bin/node'),
    oldestNodeOfAdapters: program('node-of-adapters/bin/node'),
    bun: program('bun/bin/bun'),
  }
}

async function installInto(folder: string, what: readonly string[]): Promise<void> {
  mkdirSync(folder)
  writeFileSync(join(folder, 'package.json'), '{ "private": true, "type": "module" }\n')
  await run('npm', [...INSTALL, ...what], { cwd: folder, timeoutMs: 4 * MINUTE_MS })
}

/** The package.json of an installed package. */
export const installedManifest = (consumer: Consumer, name: string): unknown =>
  JSON.parse(readFileSync(join(consumer.folder, 'node_modules', name, 'package.json'), 'utf8'))
