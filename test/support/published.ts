import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The folder of the clone. */
export const ROOT = fileURLToPath(new URL('../..', import.meta.url))

/** What an entry of `exports` says: a file, or files by condition. */
export type ExportTarget = string | Readonly<Record<string, string>>

/** The fields of a package.json that are looked at. */
export interface Manifest {
  readonly name: string
  readonly version: string
  readonly private?: boolean
  readonly exports?: Readonly<Record<string, ExportTarget>>
  readonly dependencies?: Readonly<Record<string, string>>
  readonly peerDependencies?: Readonly<Record<string, string>>
  readonly devDependencies?: Readonly<Record<string, string>>
  readonly [field: string]: unknown
}

/** A package of the workspace that is published. */
export interface PublishedPackage {
  /** From the root, such as `packages/core`. */
  readonly folder: string
  readonly name: string
  readonly manifest: Manifest
  readonly entries: readonly PublishedEntry[]
}

/** One thing that can be imported from a published package. */
export interface PublishedEntry {
  /** As in an import, such as `@nanoclaw/core/testing`. */
  readonly specifier: string
  /** The last part of it, `index` for the package itself. */
  readonly name: string
  /** The built declarations, from the root. */
  readonly types: string
}

/** Every package of the workspace that is not private, found by looking, sorted by folder. */
export function publishedPackages(): PublishedPackage[] {
  return ['apps', 'packages']
    .flatMap((parent) => readdirSync(join(ROOT, parent)).map((name) => `${parent}/${name}`))
    .filter((folder) => existsSync(join(ROOT, folder, 'package.json')))
    .map((folder) => ({ folder, manifest: readManifest(folder) }))
    .filter(({ manifest }) => manifest.private !== true)
    .map(({ folder, manifest }) => ({
      folder,
      name: manifest.name,
      manifest,
      entries: entriesOf(folder, manifest),
    }))
}

/** The package.json of a folder, given from the root. */
export const readManifest = (folder: string): Manifest =>
  JSON.parse(readFileSync(join(ROOT, folder, 'package.json'), 'utf8')) as Manifest

function entriesOf(folder: string, { name, exports = {} }: Manifest): PublishedEntry[] {
  return Object.entries(exports).flatMap(([path, target]) => {
    if (typeof target === 'string' || target.types === undefined) return []
    return {
      specifier: path === '.' ? name : `${name}/${path.slice(2)}`,
      name: path === '.' ? 'index' : path.slice(2),
      types: `${folder}/${target.types.slice(2)}`,
    }
  })
}
