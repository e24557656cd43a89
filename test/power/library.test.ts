import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { lies } from './support/control.ts'
import { powerWorks, unlessPowerWorks } from './support/library.ts'
import { createPoweredFolder, type PoweredFolder } from './support/power.ts'
import { seededRandom } from './support/random.ts'
import { usePowerLibrary } from './support/use-power-library.ts'

const library = usePowerLibrary()
let power: PoweredFolder

beforeEach(() => {
  if (powerWorks) power = createPoweredFolder(library())
})

afterEach(() => {
  if (powerWorks) power.remove()
})

const prelude = `
  const fs = require('node:fs'), path = require('node:path')
  const open = (name, flags = 'r+') => fs.openSync(name, flags)
  const sync = (name) => { const fd = open(name, 'r'); fs.fsyncSync(fd); fs.closeSync(fd) }
`

/** Runs a program in the folder until it kills itself; what it has printed. */
async function run(program: string, end = "process.kill(process.pid, 'SIGKILL')"): Promise<string> {
  const child = spawn(process.execPath, ['-e', `(async () => {${prelude}${program};${end}})()`], {
    cwd: power.root,
    env: power.env,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let said = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => (said += text))
  await once(child, 'close')
  return said
}

/** Every file and folder with what is in it; a folder ends in a slash. */
function tree(): Record<string, string> {
  const names = readdirSync(power.root, { recursive: true, encoding: 'utf8' }).toSorted()
  return Object.fromEntries(
    names.map((name) => {
      const path = join(power.root, name)
      return statSync(path).isDirectory() ? [`${name}/`, ''] : [name, readFileSync(path, 'utf8')]
    }),
  )
}

/** What is there before a program runs: on the disk for good. */
function given(files: Readonly<Record<string, string>>): void {
  for (const [name, text] of Object.entries(files)) writeFileSync(join(power.root, name), text)
}

interface Case {
  readonly name: string
  readonly program: string
  readonly left: Record<string, string>
}

const old = 'old text'

/** What a program does, beginning with the file `f` on the disk, and what a cut leaves of it. */
const cases: readonly Case[] = [
  {
    name: 'a write that was not synced is undone',
    program: `fs.writeSync(open('f'), 'new')`,
    left: { f: old },
  },
  {
    name: 'a write that was synced stays, a later one does not',
    program: `const f = open('f'); fs.writeSync(f, 'new', 0); fs.fdatasyncSync(f); fs.writeSync(f, 'later', 0)`,
    left: { f: 'new text' },
  },
  {
    name: 'a sync of another descriptor, by another process, counts',
    program: `fs.writeSync(open('f'), 'new'); const { execFileSync } = require('node:child_process');
      execFileSync(process.execPath, ['-e', "require('fs').fsyncSync(require('fs').openSync('f','r'))"], { env: {} })`,
    left: { f: 'new text' },
  },
  {
    name: 'many writes over one another are undone to what was synced',
    program: `const f = open('f'); for (let n = 0; n < 50; n += 1) fs.writeSync(f, String(n).repeat(n), n % 7)`,
    left: { f: old },
  },
  {
    name: 'writes from several threads at once are undone',
    program: `await Promise.all(Array.from({ length: 40 }, async (_, n) => {
      const file = await fs.promises.open('f', 'r+'); await file.write(String(n), n % 9); await file.writev([Buffer.from('a'), Buffer.from('b')], 20) }))`,
    left: { f: old },
  },
  {
    name: 'what a truncation took away comes back',
    program: `fs.ftruncateSync(open('f'), 3)`,
    left: { f: old },
  },
  {
    name: 'a file that was made longer gets its size back',
    program: `fs.truncateSync('f', 100000); fs.appendFileSync('f', 'x')`,
    left: { f: old },
  },
  {
    name: 'a file emptied as it was opened comes back, and so does one only open to be written',
    program: `fs.writeFileSync('f', 'new and longer')`,
    left: { f: old },
  },
  {
    name: 'O_DSYNC is a sync',
    program: `fs.writeSync(open('f', fs.constants.O_RDWR | fs.constants.O_DSYNC), 'new')`,
    left: { f: 'new text' },
  },
  {
    name: 'a copy made by the kernel is recorded as well',
    program: `fs.writeFileSync('g', 'copied'); sync('g'); sync('.'); fs.copyFileSync('g', 'f')`,
    left: { f: old, g: 'copied' },
  },
  {
    name: 'a new file is gone unless its folder was synced, however well it was itself',
    program: `fs.writeFileSync('g', 'x'); sync('g')`,
    left: { f: old },
  },
  {
    name: 'a new file whose folder alone was synced is empty',
    program: `fs.writeFileSync('g', 'x'); sync('.')`,
    left: { f: old, g: '' },
  },
  {
    name: 'a removed file comes back with what was synced of it',
    program: `fs.writeSync(open('f'), 'new'); fs.unlinkSync('f')`,
    left: { f: old },
  },
  {
    name: 'a file removed and made again is the old one',
    program: `fs.unlinkSync('f'); fs.writeFileSync('f', 'another'); sync('f')`,
    left: { f: old },
  },
  {
    name: 'a removal is for good when the folder was synced',
    program: `fs.unlinkSync('f'); sync('.')`,
    left: {},
  },
  {
    name: 'a rename over a file is undone at both ends',
    program: `fs.writeFileSync('g', 'second'); sync('g'); sync('.'); fs.renameSync('g', 'f')`,
    left: { f: old, g: 'second' },
  },
  {
    name: 'a rename stays when the folder was synced',
    program: `fs.writeFileSync('g', 'second'); sync('g'); fs.renameSync('g', 'f'); sync('.')`,
    left: { f: 'second' },
  },
  {
    name: 'a link is gone, the file stays; and one that took the place of its first name',
    program: `fs.linkSync('f', 'g'); fs.unlinkSync('f')`,
    left: { f: old },
  },
  {
    name: 'a linked file whose folder was synced stays under its new name alone',
    program: `fs.mkdirSync('a'); sync('.'); fs.writeFileSync('t', 'x'); sync('t');
      fs.linkSync('t', 'a/g'); sync('a'); fs.unlinkSync('t')`,
    left: { 'a/': '', 'a/g': 'x', f: old },
  },
  {
    name: 'a folder is gone with all that is in it unless its parent was synced',
    program: `fs.mkdirSync('a/b', { recursive: true }); fs.writeFileSync('a/b/g', 'x'); sync('a/b/g'); sync('a/b'); sync('a')`,
    left: { f: old },
  },
  {
    name: 'a file moved into such a folder is back where it was',
    program: `fs.mkdirSync('a'); fs.renameSync('f', 'a/f'); sync('a')`,
    left: { f: old },
  },
  {
    name: 'a new file with the number of one that has gone is its own',
    program: `for (let n = 0; n < 30; n += 1) { fs.writeFileSync('t', 'x'.repeat(n)); fs.unlinkSync('t'); sync('.') }
      fs.writeFileSync('g', 'mine'); sync('g'); sync('.')`,
    left: { f: old, g: 'mine' },
  },
]

describe.skipIf(!powerWorks)(`a disk whose power is cut${unlessPowerWorks}`, () => {
  it.each(cases)('$name', async ({ program, left }) => {
    given({ f: old })
    await run(program)
    power.cut()
    expect(tree()).toEqual(left)
  })

  it('holds everything when only the process was killed', async () => {
    given({ f: old })
    await run(`fs.writeSync(open('f'), 'new'); fs.writeFileSync('g', 'x'); fs.renameSync('g', 'h')`)
    expect(tree()).toEqual({ f: 'new text', h: 'x' })
  })

  it('forgets what was written before a kill, too, when the cut comes later', async () => {
    given({ f: old })
    await run(`fs.writeSync(open('f'), 'new')`)
    await run(`fs.writeSync(open('f'), 'er', 1)`)
    power.cut()
    expect(tree()).toEqual({ f: old })
  })

  it('is left as it is by a second cut', async () => {
    await run(`fs.writeFileSync('g', 'x'); sync('g'); sync('.')`)
    power.cut()
    power.cut(seededRandom(1))
    expect(tree()).toEqual({ g: 'x' })
  })

  it('holds nothing of a disk that lies about its syncs', async () => {
    given({ f: old })
    power.control.set('lying', lies.everySync)
    await run(
      `fs.writeSync(open('f'), 'new'); sync('f'); fs.writeFileSync('g', 'x'); sync('g'); sync('.')`,
    )
    power.cut()
    expect(tree()).toEqual({ f: old })
  })

  it('may lie about folders or about files alone', async () => {
    given({ f: old })
    const program = `const f = open('f'); fs.writeSync(f, 'new', 0); fs.fsyncSync(f); fs.writeFileSync('g', 'x'); sync('g'); sync('.')`
    power.control.set('lying', lies.syncsOfFolders)
    await run(program)
    power.cut()
    expect(tree()).toEqual({ f: 'new text' })
    power.control.set('lying', lies.syncsOfFiles)
    await run(program.replaceAll("'new'", "'other'"))
    power.cut()
    expect(tree()).toEqual({ f: 'new text', g: '' })
  })

  it('makes nothing durable by a sync that fails', async () => {
    given({ f: old })
    power.control.set('failingSyncs', 1)
    const said = await run(
      `fs.writeSync(open('f'), 'new'); try { sync('f') } catch (error) { fs.writeSync(1, error.code) }`,
    )
    power.cut()
    expect({ said, ...tree() }).toEqual({ said: 'EIO', f: old })
  })

  it('may hold some of what was not synced: whole writes, sectors of them, names in their order', async () => {
    const sector = 512
    const names = Array.from({ length: 40 }, (_, n) => `s${n}`)
    mkdirSync(join(power.root, 'a'))
    given(Object.fromEntries(names.map((name) => [name, 'o'.repeat(4 * sector)])))
    await run(`for (let n = 0; n < 40; n += 1) { const f = open('s' + n); fs.writeSync(f, 'x'.repeat(${4 * sector}), 0);
      fs.writeSync(f, 'y'.repeat(${2 * sector}), ${3 * sector}); fs.writeFileSync('a/' + n, '') }`)
    power.cut(seededRandom(7))
    const found = tree()
    const left = names.map((name) => (found[name] ?? '').replaceAll(/(.)\1{511}/g, '$1'))
    for (const text of left) expect(text).toMatch(/^[ox]{3}[oxy]y?$/)
    // Nothing, everything, and several sorts of torn ones have happened.
    expect(left).toEqual(expect.arrayContaining(['oooo', 'xxxyy']))
    expect(new Set(left).size).toBeGreaterThan(5)
    const made = names.flatMap((_, n) => (`a/${n}` in found ? [n] : []))
    expect(made).toEqual(made.map((_, n) => n))
    expect(made.length).toBeGreaterThan(0)
    expect(made.length).toBeLessThan(40)
  })

  it('loses its power at the change that was named, and nobody touches it after', async () => {
    given({ f: old })
    power.control.set('cutAfter', 3)
    const said = await run(
      `const f = open('f'); for (let n = 0; n < 9; n += 1) { fs.writeSync(f, String(n), n); fs.writeSync(1, String(n)) }`,
      '',
    )
    expect({ said, ...tree() }).toEqual({ said: '01', f: '01d text' })
  })
})

describe.skipIf(!powerWorks)(`a clock that is moved${unlessPowerWorks}`, () => {
  it('shows another day, to programs it starts as well, while waits take as long as ever', async () => {
    const day = 86_400_000
    const program = `const begun = performance.now(); await new Promise((resolve) => setTimeout(resolve, 50));
      const child = require('node:child_process').execFileSync(process.execPath, ['-p', 'Date.now()'], { env: {} })
      fs.writeSync(1, JSON.stringify({ now: Date.now(), child: Number(child), waited: performance.now() - begun }))`
    for (const offset of [day, -day]) {
      power.control.set('clockOffsetMs', offset)
      const { now, child, waited }: Record<string, number> = JSON.parse(await run(program))
      for (const shown of [now, child]) {
        expect(Math.abs((shown ?? 0) - Date.now() - offset)).toBeLessThan(60_000)
      }
      expect(waited).toBeGreaterThan(45)
      expect(waited).toBeLessThan(60_000)
    }
  })
})
