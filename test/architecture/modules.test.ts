import { describe, expect, test } from 'vitest'
import { environmentViolations, openedDatabases } from './rules/edges.ts'
import { importWorkViolations } from './rules/imports-do-nothing.ts'
import { stateViolations } from './rules/state.ts'
import { everySource, snippet } from './support.ts'

const EVERY_SOURCE = everySource()

const inCore = (text: string) => snippet('packages/core/src/a.ts', text)

describe('state', () => {
  test('no module has mutable state', () => {
    expect(EVERY_SOURCE.flatMap(stateViolations)).toEqual([])
  })

  test.each([
    'let count = 0',
    'export var count = 0',
    'const cache = new Map<string, string>()',
    'const list = [1]\nexport const add = (x: number) => list.push(x)',
    'const seen = new Set(["a"])\nexport const see = (x: string) => seen.add(x)',
    'const state = { n: 0 }\nexport const next = () => (state.n += 1)',
    'const state = { n: 0 }\nexport const next = () => state.n++',
    'const table: Record<string, number> = {}\nexport const put = (k: string) => { table[k] = 1 }',
    'class A { static count = 0 }',
    'class A { static readonly all = new Map() }',
  ])('the rule refuses: %s', (text) => {
    expect(stateViolations(inCore(text))).toHaveLength(1)
  })

  test.each([
    'export const NAMES = new Set(["a", "b"])',
    'export const LIMITS = { size: 1 } as const',
    'export function make() { const cache = new Map(); let n = 0; return () => { n += 1; return cache } }',
    'class A { #count = 0; next() { this.#count += 1 } }',
  ])('the rule allows: %s', (text) => {
    expect(stateViolations(inCore(text))).toEqual([])
  })
})

describe('imports', () => {
  test('no module does work when it is imported', () => {
    expect(EVERY_SOURCE.flatMap(importWorkViolations)).toEqual([])
  })

  test.each([
    'start()',
    'const timer = setInterval(() => {}, 1000)',
    'const text = readFileSync("a")',
    'const config = await load()',
    'const db = new Database("a")',
    'export const STARTED = Date.now()',
    'const cache = createCache()',
    'if (true) { register() }',
    'for (const x of []) use(x)',
    'process.on("exit", () => {})',
    'class A { static readonly id = randomUUID() }',
  ])('the rule refuses: %s', (text) => {
    expect(importWorkViolations(inCore(text))).toHaveLength(1)
  })

  test.each([
    'export const shape = z.object({ id: z.string() })',
    'export const now = () => Date.now()',
    'const require = createRequire(import.meta.url)',
    'export async function load() { return await read() }',
    'class A { readonly id = randomUUID() }',
  ])('the rule allows: %s', (text) => {
    expect(importWorkViolations(inCore(text))).toEqual([])
  })

  test('programs are there to do work', () => {
    expect(importWorkViolations(snippet('apps/daemon/src/main.ts', 'await main()'))).toEqual([])
  })
})

describe('environment', () => {
  test('is read only by the daemon’s config and the runner’s main', () => {
    expect(EVERY_SOURCE.flatMap(environmentViolations)).toEqual([])
  })

  test.each([
    'const home = process.env.HOME',
    'const { HOME } = process.env',
    "const home = process['env']",
    'const home = globalThis.process.env.HOME',
    "import { env } from 'node:process'",
  ])('the rule refuses: %s', (text) => {
    expect(environmentViolations(inCore(text))).toHaveLength(1)
  })

  test('the rule allows the edges', () => {
    const text = 'const home = process.env.HOME'
    for (const path of [
      'apps/daemon/src/config.ts',
      'apps/daemon/src/config/read.ts',
      'packages/container-runtime/src/runner/run-runner.ts',
    ]) {
      expect(environmentViolations(snippet(path, text))).toEqual([])
    }
    expect(environmentViolations(snippet('apps/daemon/src/other.ts', text))).toHaveLength(1)
  })
})

describe('databases', () => {
  test('are opened in one file, of schema', () => {
    const files = openedDatabases(EVERY_SOURCE)
    expect(files.filter((path) => !path.startsWith('packages/schema/src/'))).toEqual([])
    expect(files).toHaveLength(1)
  })

  test('the rule sees one under another name', () => {
    const text = "import Sqlite from 'better-sqlite3'\nexport const open = () => new Sqlite('a')"
    expect(openedDatabases([inCore(text)])).toEqual(['packages/core/src/a.ts'])
  })
})
