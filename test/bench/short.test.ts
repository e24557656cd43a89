import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { bwrapWorks, unlessBwrapWorks } from '../support/bwrap.ts'

const root = join(import.meta.dirname, '../..')

interface Result {
  readonly name: string
  readonly counts?: Readonly<Record<string, number>>
  readonly value?: number
  readonly p50?: number
}

const folder = mkdtempSync(join(tmpdir(), 'nanoclaw-bench-test-'))
let results: ReadonlyMap<string, Result> = new Map()
let failures = ''

/** Every benchmark, in its short form, as `pnpm bench --short --json` runs them. */
async function runAll(): Promise<void> {
  const args = ['--conditions=@nanoclaw/source', 'bench/main.ts', '--short', '--json']
  // Compiled once for all of its many processes.
  const env = { ...process.env, NODE_COMPILE_CACHE: join(folder, 'cache'), TMPDIR: folder }
  const { stdout, stderr } = await promisify(execFile)(process.execPath, args, {
    ...{ cwd: root, env },
    maxBuffer: 2 ** 24,
  }).catch((error: unknown) => error as { stdout: string; stderr: string })
  failures = stderr
  results = new Map((JSON.parse(stdout) as Result[]).map((result) => [result.name, result]))
}

function countsOf(name: string): Readonly<Record<string, number>> {
  const result = results.get(name)
  if (result?.counts === undefined) throw new Error(`${name} has counted nothing:\n${failures}`)
  return result.counts
}

/** What is counted in one session, less what is in another. */
function grown(name: string, base: string): readonly (readonly [string, number])[] {
  const before = countsOf(base)
  return Object.entries(countsOf(name)).map(([what, count]) => [what, count - (before[what] ?? 0)])
}

test('the daemon is measured as npm start starts it', () => {
  const [ours, started] = ['bench/lib/daemon-node.ts', 'scripts/lib/daemon-node.mjs'].map((path) =>
    readFileSync(join(root, path), 'utf8').match(/'--[^']+'|[A-Z_]+: '[^']+'/g),
  )
  expect(ours).toHaveLength(2)
  expect(ours).toEqual(started)
})

// Every one of them wants a sandbox, or a C compiler; where these are not, so much is not known.
describe.skipIf(!bwrapWorks)(`every benchmark, in its short form${unlessBwrapWorks}`, () => {
  beforeAll(runAll, 240_000)
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  test('makes every figure that is promised, by its name', () => {
    const named = readFileSync(join(root, 'bench/README.md'), 'utf8')
      .split('\n')
      .flatMap((line) => /^\| `([^`]+)`/.exec(line)?.[1] ?? [])
      .filter((name) => name !== 'round-trip/podman')
    expect(named.length).toBeGreaterThan(25)
    expect([...results.keys()].toSorted(), failures).toEqual(named.toSorted())
    for (const { value, p50 } of results.values()) expect(value ?? p50).toEqual(expect.any(Number))
  })

  test('a message is five commits, and none of them is in the central database', () => {
    const counts = countsOf('round-trip/bwrap')
    expect(counts['commits per message']).toBeLessThanOrEqual(5.05)
    expect(counts.central).toBeLessThanOrEqual(0.05)
  })

  test('a message is three syncs, opens no database, and walks no table', () => {
    const counts = countsOf('structure/2000')
    expect(counts['opens per message']).toBe(0)
    expect(counts['syncs per message']).toBeGreaterThan(2)
    // Two more for 64 commits: a checkpoint of inbound.db, in a pause.
    expect(counts['syncs per message']).toBeLessThanOrEqual(3.2)
    // Of the database threads, too: without them it is a dozen.
    expect(counts['statements per message: inbound.db']).toBeGreaterThan(15)
    expect(counts['statements per message']).toBeLessThanOrEqual(45)
    expect(results.get('structure/2000')).not.toHaveProperty('note')
    expect(counts['walks through a table that grows']).toBe(0)
  })

  test('nothing that is counted grows with history', () => {
    for (const [what, more] of grown('structure/2000', 'structure/0')) {
      // Timers fall into a short look or beside it; 2,000 rows would be seen.
      expect(more, what).toBeLessThan(4)
    }
  })

  test('an idle session is asked little, and a host with many sleeping ones holds little', () => {
    const idle = countsOf('structure/2000')
    expect(idle['statements per idle second'] ?? 0).toBeLessThan(15)
    expect(idle['rows per idle second'] ?? 0).toBeLessThan(15)
    const host = countsOf('idle-10000/rss')
    expect(host['threads of the daemon']).toBeLessThan(20)
    expect(host['descriptors of the daemon']).toBeLessThan(80)
  })

  test('a host keeps nothing of messages that have been answered', () => {
    // 50 a session were answered, with three ids each. Those of the last ones are known, and of what is
    // being pruned.
    const counts = countsOf('soak/200000')
    expect(counts['ids of messages kept in memory, per session']).toBeGreaterThan(0)
    expect(counts['ids of messages kept in memory, per session']).toBeLessThan(40)
  })

  test('an empty session is 40,000 bytes at most', () => {
    expect(results.get('session/bytes')?.value).toBeLessThanOrEqual(40_000)
  })
})
