import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { buildStamp, installStamp, writeStamp } from '../../scripts/lib/stamp.mjs'
import { makeClone, run, write } from './clone.ts'

const BOOTSTRAP = 'scripts/bootstrap.mjs'

function installedClone(mainJs: string): string {
  const base = builtClone(mainJs)
  writeStamp(base, 'install.stamp', installStamp(base))
  return base
}

function builtClone(mainJs: string): string {
  const base = makeClone(mainJs)
  writeStamp(base, 'build-js.stamp', buildStamp(base))
  return base
}

describe('bootstrap', () => {
  test('hands every argument, standard input and the exit code through, and prints nothing', async () => {
    const base = installedClone(`
      process.stdin.pipe(process.stdout)
      process.stdout.write(JSON.stringify(process.argv.slice(2)) + '\\n')
      process.exitCode = 7`)
    const result = await run(base, [BOOTSTRAP, 'start', '--flag', 'a b'], { input: 'one\ntwo\n' })
      .ended
    expect(result).toMatchObject({ code: 7, stdout: '["start","--flag","a b"]\none\ntwo\n' })
  })

  test('limits what the daemon keeps of freed memory, unless the environment says otherwise', async () => {
    const base = installedClone(`
      process.stdout.write([process.env.MALLOC_ARENA_MAX, ...process.execArgv].join(' '))`)
    const said = async (arenas: string | undefined) => {
      const env = { MALLOC_ARENA_MAX: arenas }
      return (await run(base, [BOOTSTRAP, 'start'], { input: '', env }).ended).stdout
    }
    expect(await said(undefined)).toBe('1 --max-semi-space-size=16')
    expect(await said('4')).toBe('4 --max-semi-space-size=16')
  })

  test('passes a stop signal on, and ends as the program ends', async () => {
    const base = installedClone(`
      process.on('SIGTERM', () => { console.log('stopping'); process.exit(9) })
      process.stdin.resume()
      console.log('ready')`)
    const running = run(base, [BOOTSTRAP, 'nanoclaw'])
    await running.printed('ready')
    process.kill(running.pid, 'SIGTERM')
    expect(await running.ended).toMatchObject({ code: 9, stdout: 'ready\nstopping\n' })
  })

  test('stops the program when the npm that started it has died', async () => {
    const base = installedClone(`
      process.on('SIGTERM', () => { console.log('stopping'); process.exit() })
      setInterval(() => {}, 60_000) // nothing else ends it
      console.log('ready')`)
    const npm = `require('node:child_process').spawn(process.execPath,
      ['${BOOTSTRAP}', 'nanoclaw'], { stdio: 'inherit' })`
    const running = run(base, ['-e', npm], { env: { npm_lifecycle_event: 'nanoclaw' } })
    await running.printed('ready')
    process.kill(running.pid, 'SIGKILL')
    expect(await running.ended).toMatchObject({ stdout: 'ready\nstopping\n' })
  })

  test('dies of the signal that the program died of', async () => {
    const base = installedClone(`process.kill(process.pid, 'SIGKILL')`)
    expect(await run(base, [BOOTSTRAP, 'nanoclaw'], { input: '' }).ended).toMatchObject({
      signal: 'SIGKILL',
    })
  })

  test('installs without standard input, says so on standard error, and then starts', async () => {
    const base = builtClone(`process.stdin.pipe(process.stdout)`)
    const npx = fakeNpm(base, `process.stdin.on('data', () => process.exit(1))`)
    const result = await run(base, [BOOTSTRAP, 'start'], { input: 'kept\n', env: npx }).ended
    expect(result).toMatchObject({ code: 0, stdout: 'kept\n' })
    expect(result.stderr).toMatch(/^nanoclaw: installing dependencies \(first start only\)…\n/)
    const second = await run(base, [BOOTSTRAP, 'start'], { input: '', env: npx }).ended
    expect(second).toMatchObject({ code: 0, stderr: '' })
  })

  test('says why nothing could be installed, below the last that the tool said, and no trace', async () => {
    const base = makeClone()
    const printed = 'request failed, reason: getaddrinfo ENOTFOUND host'
    const npm = fakeNpm(base, `console.error(${JSON.stringify(printed)}); process.exitCode = 1`)
    const { code, stdout, stderr } = await run(base, [BOOTSTRAP, 'start'], { env: npm, input: '' })
      .ended
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
    expect(stderr.trimEnd().split('\n')).toEqual([
      expect.stringContaining('installing dependencies'),
      printed,
      'nanoclaw: installing the dependencies failed: the npm registry could not be reached; check the network or the proxy settings of npm',
    ])
  })

  test('installs with caches in the clone where the home may not be written to', async () => {
    const base = builtClone('')
    const print = `console.log(process.env.npm_config_cache, process.env.npm_config_store_dir)`
    const npm = fakeNpm(base, `${print}; process.exitCode = 1`)
    write(base, 'home', 'a file, in which even root can make no folder')
    const env = { ...npm, HOME: join(base, 'home'), npm_config_cache: undefined }
    const { stderr } = await run(base, [BOOTSTRAP, 'start'], { env, input: '' }).ended
    const own = join(base, 'node_modules/.nanoclaw')
    expect(stderr).toContain(`${own}/cache ${own}/store_dir\n`)
  })

  test('names what it expected when the target is unknown', async () => {
    const { code, stderr } = await run(makeClone(), [BOOTSTRAP, 'nix'], { input: '' }).ended
    expect(code).toBe(1)
    expect(stderr).toMatch(/^nanoclaw: expected one of start, .*, got nix\n$/)
  })
})

/** An npm whose npx does only what the text says. */
function fakeNpm(base: string, npx: string): NodeJS.ProcessEnv {
  write(base, 'npm/npx-cli.js', npx)
  return { npm_execpath: join(base, 'npm/npm-cli.js') }
}
