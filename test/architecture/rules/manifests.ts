import type { ExportTarget, Manifest } from '../../support/published.ts'

const REPOSITORY = 'https://github.com/nanoclaw/nanoclaw'
const SOURCE = '@nanoclaw/source'
const NATIVE = ['better-sqlite3', 'drizzle-orm']
/** An adapter is written and run where no database can be opened. */
const LEAVES = ['packages/adapters', 'packages/create-adapter']
/** Programs bring what their libraries ask of whoever embeds them. */
const PROGRAMS = ['apps/daemon']

/** What is wrong with the package.json of a published package, in `folder` of the workspace. */
export function publishViolations(folder: string, manifest: Manifest): string[] {
  return [
    ...metadata(folder, manifest),
    ...entryPoints(manifest),
    ...ranges(manifest),
    ...peers(folder, manifest),
  ].map((what) => `${folder}/package.json: ${what}`)
}

function metadata(folder: string, manifest: Manifest): string[] {
  const node = LEAVES.includes(folder) ? '>=20.9' : '>=22.18'
  const wanted: Record<string, unknown> = {
    homepage: `${REPOSITORY}/tree/main/${folder}#readme`,
    bugs: { url: `${REPOSITORY}/issues` },
    repository: { type: 'git', url: `git+${REPOSITORY}.git`, directory: folder },
    license: 'MIT',
    author: 'NanoClaw contributors',
    type: 'module',
    sideEffects: false,
    engines: { node },
  }
  const wrong = Object.entries(wanted)
    .filter(([field, value]) => JSON.stringify(manifest[field]) !== JSON.stringify(value))
    .map(([field, value]) => `${field} is to be ${JSON.stringify(value)}`)
  const { description, keywords, files } = manifest
  return [
    ...wrong,
    ...(/^[A-Z].{20,120}\.$/.test(String(description)) ? [] : ['description: one sentence']),
    ...(Array.isArray(keywords) && keywords.length >= 4 ? [] : ['keywords: four or more']),
    ...(Array.isArray(files) && files.includes('dist') ? [] : ['files: dist at least']),
    ...(Array.isArray(files) && files.includes('src')
      ? ['files: source maps hold the source']
      : []),
  ]
}

function entryPoints({ exports = {}, publishConfig }: Manifest): string[] {
  const { access, provenance, exports: published } = Object(publishConfig) as Manifest
  const stripped = Object.fromEntries(
    Object.entries(exports).map(([path, target]) => [path, withoutSource(target)]),
  )
  return [
    ...Object.entries(exports).flatMap(([path, target]) => malformed(path, target)),
    ...(exports['./package.json'] === './package.json' ? [] : ['exports lack ./package.json']),
    ...(JSON.stringify(published) === JSON.stringify(stripped)
      ? []
      : [`publishConfig.exports is to be exports without ${SOURCE}`]),
    ...(access === 'public' && provenance === true
      ? []
      : ['publishConfig: access public, provenance true']),
  ]
}

function malformed(path: string, target: ExportTarget): string[] {
  if (path === './package.json') return []
  const name = path === '.' ? 'index' : path.slice(2)
  const wanted = {
    [SOURCE]: `./src/${name}.ts`,
    types: `./dist/${name}.d.ts`,
    default: `./dist/${name}.js`,
  }
  // The order counts: the first condition that fits is taken.
  return JSON.stringify(target) === JSON.stringify(wanted)
    ? []
    : [`exports["${path}"] is to be ${JSON.stringify(wanted)}`]
}

const withoutSource = (target: ExportTarget): ExportTarget =>
  typeof target === 'string'
    ? target
    : Object.fromEntries(Object.entries(target).filter(([condition]) => condition !== SOURCE))

/** A library lets its user's package manager share what both need; our own move together. */
function ranges({ dependencies = {}, peerDependencies = {}, devDependencies = {} }: Manifest) {
  const isOurs = (name: string): boolean => name.startsWith('@nanoclaw/')
  const shared = { ...dependencies, ...peerDependencies }
  return [
    ...Object.entries(shared)
      .filter(([name, range]) => !(isOurs(name) ? /^workspace:\^$/ : /^\^\d/).test(range))
      .map(([name]) => `${name} is to be ${isOurs(name) ? 'workspace:^' : 'a caret range'}`),
    ...Object.entries(devDependencies)
      .filter(([name, range]) => !isOurs(name) && !/^\d/.test(range))
      .map(([name]) => `${name} is to be an exact version`),
  ]
}

/** Two SQLite libraries in one process drop each other's locks on a file. */
function peers(folder: string, { dependencies = {}, peerDependencies = {} }: Manifest): string[] {
  if (PROGRAMS.includes(folder)) return []
  const opensDatabases = Object.keys({ ...dependencies, ...peerDependencies }).some(
    (name) => NATIVE.includes(name) || name === '@nanoclaw/schema',
  )
  return NATIVE.flatMap((name) => [
    ...(name in dependencies ? [`${name} is a peer, not a dependency`] : []),
    ...(opensDatabases && !(name in peerDependencies) ? [`${name} is to be a peer`] : []),
  ])
}
