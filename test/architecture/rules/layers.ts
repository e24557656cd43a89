import type { Source } from '../source.ts'

const RUNNING = ['schema', 'adapters', 'core', 'host', 'container-runtime', 'daemon']
const ALL = [...RUNNING, 'create-adapter']

/** Which of our packages each package may import. Whoever is not named may import them all. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  'packages/schema': [],
  'packages/adapters': [],
  'packages/core': ['schema'],
  'packages/host': ['core', 'schema', 'adapters'],
  'packages/container-runtime': ['schema'],
  'packages/create-adapter': ['adapters'],
  'apps/daemon': RUNNING,
}

/** What the leaf must never need: an adapter author installs neither SQLite nor Drizzle. */
const NATIVE = /^(better-sqlite3|drizzle-orm|sqlite3|node:sqlite)(\/|$)/

const USES_SCRIPTS = /^test\/(bootstrap|packed)\/|\/tsup\.config\.ts$/

/** A package imports only packages below it, and none reaches into another's files. */
export function layerViolations(sources: readonly Source[]): string[] {
  return sources.flatMap((source) =>
    source.imports.flatMap(({ from, target, line }) => {
      const where = `${source.path}:${line}: `
      const why = forbidden(source, from, target)
      return why === undefined ? [] : [where + why]
    }),
  )
}

function forbidden(source: Source, from: string, target: string | undefined): string | undefined {
  if (target !== undefined) {
    return target.startsWith(`${source.package}/`) || isShared(source, target)
      ? undefined
      : `${from} leads out of ${source.package}; import the package by its name`
  }
  if (source.package === 'packages/adapters' && NATIVE.test(from)) {
    return `adapters is a leaf and imports nothing native, but imports ${from}`
  }
  const [, name, inside] = /^@nanoclaw\/([^/]+)(?:\/(.*))?$/.exec(from) ?? []
  if (name === undefined) return undefined
  if (inside !== undefined && /^(src|dist)(\/|$)/.test(inside)) {
    return `${from} reaches into the package; import what it exports`
  }
  const allowed = MAY_IMPORT[source.package] ?? ALL
  const self = source.package.endsWith(`/${name}`) && !source.shipped
  return allowed.includes(name) || self
    ? undefined
    : `${source.package} may import ${allowed.join(', ') || 'none of ours'}, but imports ${from}`
}

/**
 * What is no package is imported by path: what tests share, examples by their tests, and the root's
 * scripts by what builds.
 */
const isShared = (source: Source, target: string): boolean =>
  !source.shipped &&
  (target.startsWith('test/support/') ||
    (source.path.startsWith('test/examples/') && target.startsWith('examples/')) ||
    (USES_SCRIPTS.test(source.path) && target.startsWith('scripts/')))

/** A package.json with what it depends on, by its package's folder. */
export interface Manifest {
  readonly folder: string
  readonly dependencies: readonly string[]
}

/** What a package declares to need obeys the same arrows as what it imports. */
export function manifestViolations(manifests: readonly Manifest[]): string[] {
  return manifests.flatMap(({ folder, dependencies }) => {
    const allowed = MAY_IMPORT[folder]
    if (allowed === undefined) return []
    return dependencies
      .filter((name) => name.startsWith('@nanoclaw/'))
      .filter((name) => !allowed.includes(name.slice('@nanoclaw/'.length)))
      .map((name) => `${folder}/package.json: may not depend on ${name}`)
  })
}
