import { existsSync } from 'node:fs'
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { echoes, eventually, temporaryHome, type TestHome } from './support/daemon.ts'
import { writeToyPackage, type ToyParts } from './support/toy-package.ts'

const canary = 'canary-7f3a'
const plain = { NANOCLAW_DRIVER: 'process' }

let folder = ''
let home: TestHome

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'nc-foreign-'))
  home = await temporaryHome()
})

afterEach(async () => {
  await home.remove()
  await rm(folder, { recursive: true, force: true })
})

const command = (...args: readonly string[]) => home.run(args, '', { env: plain })
const withToken = ['--option', `token=${canary}`]

/** A home in whose configuration such a package stands, as if it had been added. */
async function configured(parts: ToyParts): Promise<void> {
  await writeToyPackage(join(home.home, 'channels', 'node_modules', 'toy'), parts)
  const channels = [{ adapter: 'toy', options: { token: canary } }]
  await writeFile(join(home.home, 'config.json'), JSON.stringify({ channels }))
}

async function headless() {
  const daemon = home.start(['start', '--headless'], { env: plain })
  await daemon.until((stderr) => stderr.includes('nano answers'), 'stderr')
  return daemon
}

const logText = () => readFile(join(home.home, 'logs', 'daemon.log'), 'utf8')

async function stored(): Promise<unknown> {
  return JSON.parse(await readFile(join(home.home, 'config.json'), 'utf8')).channels
}

describe('a daemon with a channel whose package', () => {
  it('leaves a rejection behind goes on, tells it, and tells no secret', async () => {
    const leave = `void Promise.reject(new Error('stray ' + options.token))`
    await configured({ members: `async start() { setTimeout(() => { ${leave} }) },` })
    const daemon = await headless()
    const told = await eventually('an incident tells of it', async () => {
      const { stdout } = await command('incidents')
      return stdout.includes('stray [secret]') ? stdout : undefined
    })
    expect(told).toContain('stray-rejection')
    daemon.signal('SIGTERM')
    expect(await daemon.ended).toMatchObject({ code: 0 })
    expect(daemon.stderr() + (await logText())).not.toContain(canary)
  })

  it('throws where nobody catches it ends cleanly, with a failure and no secret', async () => {
    const fail = `throw new Error('thrown ' + options.token)`
    await configured({ members: `async start() { setTimeout(() => { ${fail} }, 200) },` })
    const { code, stderr } = await command('start', '--headless')
    expect([code, stderr]).toEqual([1, expect.stringContaining('thrown [secret]')])
    expect(existsSync(join(home.home, 'run', 'daemon.sock'))).toBe(false)
    expect(stderr + (await logText())).not.toContain(canary)
  })

  it('ends the process says so, and with a failure', async () => {
    await configured({ atImport: 'process.exit(0)' })
    const { code, stderr } = await command('start', '--headless')
    expect([code, stderr]).toEqual([1, expect.stringContaining('ended before its work was done')])
    expect((await logText()).trim().split('\n').at(-1)).toContain('"channel":"toy"')
  })

  it('never loads keeps nobody from talking', async () => {
    await configured({ atImport: 'await new Promise(() => {})' })
    const { code, stdout } = await home.run(['start'], 'hello\n', { env: plain })
    expect([code, stdout]).toEqual([0, echoes(['hello'])])
  })

  it('never stops ends all the same', async () => {
    await configured({ members: 'stop: () => new Promise(() => {}),' })
    const daemon = await headless()
    daemon.signal('SIGTERM')
    expect(await daemon.ended).toMatchObject({ code: 0 })
    expect(await logText()).toContain('a channel does not stop')
  })

  it.each([
    ['throws', `health() { throw new Error('no ' + options.token) },`],
    ['says nothing known', `health: () => ({ state: 'great' }),`],
  ])('has a health that %s tells that in its status', async (_how, members) => {
    await configured({ members })
    await headless()
    const { code, stdout } = await command('status')
    expect(code).toBe(0)
    expect(stdout).toMatch(/toy, degraded since \S+ \(its health\(\) .* for its author to mend\)/)
    expect(stdout).not.toContain(canary)
  })
})

describe('adding a package', () => {
  const add = (spec: string, ...flags: readonly string[]) =>
    command('channels', 'add', spec, ...withToken, ...flags)

  it('beside another gives each what is its own', async () => {
    const one = await writeToyPackage(join(folder, 'one'), { name: 'toy-one' })
    const two = await writeToyPackage(join(folder, 'two'), { name: 'toy-two' })
    const added = await Promise.all([
      command('channels', 'add', one, '--option', 'token=of-one'),
      command('channels', 'add', two, '--option', 'token=of-two'),
    ])
    expect(added.map(({ code }) => code)).toEqual([0, 0])
    const channels = await stored()
    expect(channels).toHaveLength(2)
    expect(channels).toEqual(
      expect.arrayContaining([
        { adapter: 'toy-one', options: { token: 'of-one' } },
        { adapter: 'toy-two', options: { token: 'of-two' } },
      ]),
    )
    expect(existsSync(join(home.home, 'channels/node_modules/toy-one'))).toBe(true)
    expect(existsSync(join(home.home, 'channels/node_modules/toy-two'))).toBe(true)
  })

  it('of which only a part was installed installs it whole', async () => {
    await mkdir(join(home.home, 'channels/node_modules/toy'), { recursive: true })
    await writeToyPackage(join(folder, 'toy'))
    expect(await add(join(folder, 'toy'))).toMatchObject({ code: 0, stderr: '' })
    // Left there by an installation that was cut off: npm knows nothing of it.
    await writeToyPackage(join(home.home, 'channels/node_modules/half'), { name: 'half' })
    const ended = await home.run(['channels', 'add', 'half', ...withToken], '', {
      env: { ...plain, npm_config_offline: 'true' },
    })
    expect(ended).toMatchObject({ code: 1, stdout: '' })
    expect(ended.stderr).toContain('npm install of half failed')
  })

  it('removes none that somebody has put beside it and configured', async () => {
    await configured({})
    const { code, stderr } = await add(await writeToyPackage(join(folder, 'b'), { name: 'toy-b' }))
    expect([code, stderr]).toEqual([1, expect.stringContaining('npm did not install toy into')])
    expect(existsSync(join(home.home, 'channels/node_modules/toy/index.js'))).toBe(true)
  })

  it.each(['acme/telegram', 'git+https://example.org/x.git', 'https://example.org/x.tgz'])(
    'refuses %s',
    async (spec) => {
      const { code, stderr } = await add(spec)
      expect([code, stderr]).toEqual([1, expect.stringContaining('nothing is installed from git')])
    },
  )

  it('takes nothing behind "--" for an option of npm', async () => {
    const ended = await command('channels', 'add', ...withToken, '--', '--prefix=/x')
    expect([ended.code, ended.stderr]).toEqual([1, expect.stringContaining('"--prefix=/x"')])
  })

  it('that was not built says so', async () => {
    await writeToyPackage(join(folder, 'toy'), { manifest: { exports: './dist/index.js' } })
    const { code, stderr } = await add(join(folder, 'toy'))
    expect([code, stderr]).toEqual([1, expect.stringContaining('build the package first')])
  })

  it.each([
    ['throws', `throw new Error('cannot check ' + value.token)`, 'cannot check [secret]'],
    ['ends the process', 'process.exit(0)', 'ended before its work was done'],
  ])('whose schema %s fails, and tells no secret', async (_how, validate, told) => {
    const { code, stderr } = await add(await writeToyPackage(join(folder, 'toy'), { validate }))
    expect([code, stderr]).toEqual([1, expect.stringContaining(told)])
    expect(stderr).not.toContain(canary)
    expect(existsSync(join(home.home, 'config.json'))).toBe(false)
  })

  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('ends at %s with %d, and npm with it', async (signal, code) => {
    const bin = join(folder, 'bin')
    const mark = join(folder, 'mark')
    await mkdir(bin)
    const script = `#!/bin/sh\necho $$ > ${mark}\nexec sleep 60\n`
    await writeFile(join(bin, 'npm'), script)
    await chmod(join(bin, 'npm'), 0o755)
    const toy = await writeToyPackage(join(folder, 'toy'))
    const env = { ...plain, PATH: `${bin}:${process.env.PATH ?? ''}` }
    const run = home.start(['channels', 'add', toy, ...withToken], { env })
    const pid = await eventually('npm runs', async () =>
      existsSync(mark) ? Number(await readFile(mark, 'utf8')) || undefined : undefined,
    )
    run.signal(signal)
    expect(await run.ended).toMatchObject({
      code,
      stderr: 'nanoclaw: cancelled; the configuration is as it was\n',
    })
    expect(() => process.kill(pid, 0)).toThrow('ESRCH')
    expect(existsSync(join(home.home, 'config.json'))).toBe(false)
  })
})
