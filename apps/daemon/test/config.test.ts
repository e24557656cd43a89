import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { isNanoclawError } from '@nanoclaw/schema'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { loadConfig, type ConfigSources } from '../src/config.ts'

let home = ''

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'nc-config-'))
})

afterEach(() => rmSync(home, { recursive: true, force: true }))

function load(env: Record<string, string> = {}, flags: ConfigSources['flags'] = {}) {
  return loadConfig({ env: { NANOCLAW_HOME: home, ...env }, flags })
}

function refusal(run: () => unknown): string {
  try {
    run()
  } catch (error) {
    if (isNanoclawError(error) && error.code === 'bad-option') return error.message
    throw error
  }
  throw new Error('expected a refusal')
}

function writeFile(value: unknown): void {
  writeFileSync(join(home, 'config.json'), JSON.stringify(value))
}

describe('the configuration', () => {
  it('needs nothing', () => {
    const config = load()
    expect(config).toMatchObject({
      home,
      socketPath: join(home, 'run', 'daemon.sock'),
      driver: 'auto',
      logLevel: 'info',
      idleMs: 300_000,
      sandboxUid: undefined,
      provider: 'scripted',
      warnings: [],
    })
    expect(config.limits).toEqual({})
  })

  it('keeps everything in ~/.nanoclaw unless told otherwise', () => {
    expect(loadConfig({ env: {} }).home).toMatch(/\/\.nanoclaw$/)
  })

  it('takes settings from the file, the environment over it, flags over both', () => {
    writeFile({ driver: 'bwrap', idleSeconds: 10, timezone: 'Europe/Paris' })
    expect(load()).toMatchObject({ driver: 'bwrap', idleMs: 10_000 })
    expect(load().timezone).toBe('Europe/Paris')
    const env = { NANOCLAW_IDLE_SECONDS: '20', NANOCLAW_DRIVER: 'process', TZ: 'Asia/Tokyo' }
    expect(load(env)).toMatchObject({ driver: 'process', idleMs: 20_000, timezone: 'Asia/Tokyo' })
    expect(load(env, { driver: 'auto' })).toMatchObject({ driver: 'auto', idleMs: 20_000 })
  })

  it('counts an empty variable as one that is not set', () => {
    expect(load({ NANOCLAW_DRIVER: '', NANOCLAW_MAX_CONTAINERS: '' }).driver).toBe('auto')
  })

  it('lists everything that is wrong at once, each with where it was said', () => {
    writeFile({ driver: 'vmware', colour: 'red', sandboxUid: 0 })
    const message = refusal(() =>
      load({ NANOCLAW_MAX_CONTAINERS: 'many', NANOCLAW_LOG_LEVEL: 'loud' }),
    )
    const file = join(home, 'config.json')
    expect(message.split('\n')).toEqual([
      'the configuration has 5 problems:',
      `  "driver" in ${file}: expected one of auto, bwrap, process, not "vmware"`,
      expect.stringContaining(`  "colour" in ${file}: expected one of driver, logLevel`),
      `  "sandboxUid" in ${file}: expected the number of a user other than root, not 0`,
      '  NANOCLAW_LOG_LEVEL: expected one of debug, info, warn, error, not "loud"',
      '  NANOCLAW_MAX_CONTAINERS: expected a whole number from 1 to 1000, not "many"',
    ])
  })

  it('says one problem in one line', () => {
    expect(refusal(() => load({ NANOCLAW_IDLE_SECONDS: '1.5' }))).toBe(
      'the configuration is not usable: NANOCLAW_IDLE_SECONDS: expected a whole number of seconds from 1 to 86400, not "1.5"',
    )
  })

  it('does not take null, booleans and blanks of the file for numbers', () => {
    for (const value of [null, true, ' ', []]) {
      writeFile({ idleSeconds: value })
      expect(refusal(() => load())).toContain('expected a whole number of seconds from 1 to 86400')
    }
  })

  it('takes limits from the file, each in the unit of its name, and containers from the environment', () => {
    const limits = { undeliveredRows: 500, maxContainers: 3 }
    writeFile({ limits: { ...limits, backPressureSeconds: 1.5, slotSeconds: 60 } })
    const inMs = { backPressureMs: 1_500, slotMs: 60_000 }
    expect(load().limits).toEqual({ ...limits, ...inMs })
    expect(load({ NANOCLAW_MAX_CONTAINERS: '5' }).limits).toMatchObject({ maxContainers: 5 })
  })

  it('says of limits what is wrong, and what to type', () => {
    writeFile({ limits: { rowsBurst: 0, contentBytes: 2 ** 21, slot: 1 }, maxContainers: 3 })
    const file = join(home, 'config.json')
    expect(refusal(() => load()).split('\n')).toEqual([
      'the configuration has 4 problems:',
      `  "limits" in ${file}: "contentBytes": expected a whole number of bytes from 1024 to 1048576, not 2097152`,
      `  "limits" in ${file}: "rowsBurst": expected a whole number from 1 to 1000000, not 0`,
      `  "limits" in ${file}: "slot": expected one of contentBytes, undeliveredRows, rowsPerSecond, rowsBurst, backPressureSeconds, mailPerMinute, mailBurst, childAgents, maxContainers, slotSeconds`,
      `  "maxContainers" in ${file}: expected it in "limits": { "limits": { "maxContainers": 8 } }`,
    ])
    writeFile({ limits: 3 })
    expect(refusal(() => load())).toContain(
      'expected an object of limits, such as { "maxContainers": 8 }',
    )
  })

  it('refuses a file that is no JSON object, naming it', () => {
    writeFileSync(join(home, 'config.json'), '{ driver')
    expect(refusal(() => load())).toContain(`${join(home, 'config.json')}: cannot be read as JSON`)
    writeFileSync(join(home, 'config.json'), '[]')
    expect(refusal(() => load())).toContain('expected a JSON object')
  })

  it('warns of variables that mean nothing, such as a misspelt one', () => {
    const { warnings } = load({ NANOCLAW_DRIVERS: 'bwrap', NANOCLAW_PROVIDER: 'scripted' })
    expect(warnings).toEqual(['NANOCLAW_DRIVERS is set but means nothing to this version'])
  })

  it('goes on with the machine’s zone when TZ is none by name', () => {
    const config = load({ TZ: ':/etc/localtime' })
    expect(config.warnings[0]).toContain('TZ is :/etc/localtime')
    expect(config.timezone).toBe(new Intl.DateTimeFormat('en').resolvedOptions().timeZone)
  })

  it('refuses a home whose socket would have too long a path, with the reason', () => {
    const long = join(home, 'x'.repeat(80))
    expect(refusal(() => load({ NANOCLAW_HOME: long }))).toMatch(
      /NANOCLAW_HOME: expected a shorter path: the socket in it \(.*daemon\.sock\) has \d+ bytes/,
    )
    const fits = join('/', 'x'.repeat(99 - '/run/daemon.sock'.length - 1))
    expect(Buffer.byteLength(loadConfig({ env: {}, flags: { home: fits } }).socketPath)).toBe(99)
    expect(refusal(() => loadConfig({ env: {}, flags: { home: `${fits}x` } }))).toContain('--home')
  })
})
