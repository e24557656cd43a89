import { chmod, mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createLayout, latestVersion } from '@nanoclaw/schema'
import { openDatabase } from '@nanoclaw/schema/database'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { temporaryHome, type Ended, type TestHome } from './support/daemon.ts'

const plain = { env: { NANOCLAW_DRIVER: 'process' } }
/** Root without its rights over other people's files is stopped by modes like anybody. */
const withoutRights =
  process.getuid?.() === 0 ? ['setpriv', '--bounding-set=-all', '--inh-caps=-all', '--'] : []

let home: TestHome

beforeEach(async () => {
  home = await temporaryHome()
})

afterEach(() => home.remove())

/** One sentence on standard error, nothing on standard output, no stack trace. */
function expectRefusal(ended: Ended, code: number, sentence: RegExp): void {
  expect(ended.stdout).toBe('')
  expect(ended.stderr).toMatch(sentence)
  expect(ended.stderr).toMatch(/^nanoclaw: [^\n]+\n$/)
  expect(ended.stderr).not.toMatch(/\bat .*:\d+:\d+|node:internal/)
  expect(ended.code).toBe(code)
}

describe('a command line that is not understood', () => {
  it.each([
    [['--colour'], /unknown option '--colour'/],
    [['start', '--colour'], /unknown option '--colour'/],
    [['frobnicate'], /unknown command 'frobnicate'/],
    [['start', 'now'], /too many arguments/],
    [['start', '--driver', 'vmware'], /Allowed choices are auto, bwrap, process/],
    [['status', '--home'], /argument missing/],
  ])('%j is refused with exit code 2, and the home is left alone', async (args, sentence) => {
    expectRefusal(await home.run(args), 2, sentence)
    expect(await readdir(home.home)).toEqual([])
  })

  it('is told to programs as JSON', async () => {
    const { code, stdout } = await home.run(['status', '--json', '--colour'])
    expect(JSON.parse(stdout)).toMatchObject({ type: 'error', code: 'usage' })
    expect(code).toBe(2)
  })

  it('without a command shows the help, on standard error', async () => {
    const { code, stdout, stderr } = await home.run([])
    expect([code, stdout]).toEqual([2, ''])
    expect(stderr).toContain('Usage: nanoclaw')
  })
})

describe('--help', () => {
  it.each([[['--help']], [['start', '--help']], [['help', 'chat']], [['status', '--help']]])(
    '%j goes to standard output, with examples and exit codes',
    async (args) => {
      const { code, stdout, stderr } = await home.run(args)
      expect([code, stderr]).toEqual([0, ''])
      expect(stdout).toContain('Examples:')
      expect(stdout).toContain('Exit codes:')
    },
  )

  it('names every environment variable that is read', async () => {
    const { stdout } = await home.run(['--help'])
    const folder = join(import.meta.dirname, '../../apps/daemon/src')
    const source = await Promise.all(
      ['config.ts', 'config/settings.ts'].map((file) => readFile(join(folder, file), 'utf8')),
    )
    const names = source.join('').match(/NANOCLAW_[A-Z_]+[A-Z]\b/g) ?? []
    expect(names.length).toBeGreaterThan(5)
    for (const name of names) expect(stdout).toContain(name)
  })
})

describe('a configuration that is not usable', () => {
  it('is refused with everything that is wrong, and the home is left alone', async () => {
    const env = { NANOCLAW_DRIVER: 'vmware', NANOCLAW_MAX_CONTAINERS: '0' }
    const { code, stderr, stdout } = await home.run(['start'], 'hello\n', { env })
    expect([code, stdout]).toEqual([1, ''])
    expect(stderr.split('\n')).toEqual([
      'nanoclaw: the configuration has 2 problems:',
      '  NANOCLAW_DRIVER: expected one of auto, bwrap, process, not "vmware"',
      '  NANOCLAW_MAX_CONTAINERS: expected a whole number from 1 to 1000, not "0"',
      '',
    ])
    expect(await readdir(home.home)).toEqual([])
  })

  it('such as a home with too long a path is refused with the reason', async () => {
    const env = { NANOCLAW_HOME: join(home.home, 'x'.repeat(100)) }
    expectRefusal(await home.run(['start'], '', { env }), 1, /the socket in it .* bytes/)
  })
})

describe('a home that cannot be used', () => {
  it('because it is a file', async () => {
    const file = join(home.home, 'file')
    await writeFile(file, 'mine')
    for (const path of [file, join(file, 'below')]) {
      const ended = await home.run(['start', '--home', path], 'hello\n', plain)
      expectRefusal(ended, 1, /cannot be used: .*folder/)
    }
    expect(await readFile(file, 'utf8')).toBe('mine')
  })

  it('because this user may not read it', async () => {
    const closed = join(home.home, 'closed')
    await mkdir(closed)
    await chmod(closed, 0o000)
    for (const path of [closed, join(closed, 'below')]) {
      const options = { ...plain, wrapper: withoutRights }
      const ended = await home.run(['start', '--home', path], 'hello\n', options)
      expectRefusal(ended, 1, /cannot be used: this user may not use it/)
    }
    await chmod(closed, 0o700)
    expect(await readdir(closed)).toEqual([])
  })

  it('because nothing can be made there', async () => {
    expectRefusal(await home.run(['start', '--home', '/proc/nanoclaw'], '', plain), 1, /\/proc/)
  })
})

describe('a central database that cannot be used', () => {
  let path = ''

  beforeEach(async () => {
    await home.run(['start'], 'hello\n', plain)
    path = createLayout(home.home).centralDb
  })

  async function expectUntouched(run: () => Promise<void>): Promise<void> {
    const before = { bytes: await readFile(path), changed: (await stat(path)).mtimeMs }
    const sessions = await readdir(join(home.home, 'sessions'), { recursive: true })
    await run()
    expect((await readFile(path)).equals(before.bytes)).toBe(true)
    expect((await stat(path)).mtimeMs).toBe(before.changed)
    const after = await readdir(join(home.home, 'sessions'), { recursive: true })
    expect(after.sort()).toEqual(sessions.sort())
  }

  it.each([
    ['text', () => writeFile(path, 'this is no database\n'.repeat(500))],
    ['another program’s database', () => overwrite((bytes) => bytes.fill(0, 68, 72))],
    ['broken in the middle', () => overwrite((bytes) => bytes.fill(0xa5, 4_200))],
    ['cut off', () => overwrite((bytes) => bytes.subarray(0, 5_000))],
  ])('because it is %s is refused and left as it is', async (_what, spoil) => {
    await spoil()
    await expectUntouched(async () => {
      const ended = await home.run(['start'], 'hello\n', plain)
      expectRefusal(ended, 1, /central\.db/)
      expectRefusal(ended, 1, /move it away|restore a copy/)
      expectRefusal(await home.run(['status']), 1, /central\.db/)
    })
  })

  it('because a newer version wrote it is refused and left as it is', async () => {
    const database = openDatabase({ path, kind: 'central' })
    database.sqlite.pragma(`user_version = ${latestVersion('central') + 1000}`)
    database.sqlite.pragma('wal_checkpoint(TRUNCATE)')
    database.close()
    await expectUntouched(async () => {
      const ended = await home.run(['start'], 'hello\n', plain)
      expectRefusal(ended, 1, /central\.db was written by a newer NanoClaw/)
    })
  })

  async function overwrite(change: (bytes: Buffer) => Buffer): Promise<void> {
    await writeFile(path, change(await readFile(path)))
  }
})
