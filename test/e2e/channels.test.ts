import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import {
  builtAdapterPackage,
  startChatService,
  type ChatService,
} from './support/adapter-package.ts'
import { echoes, eventually, temporaryHome, type TestHome } from './support/daemon.ts'
import { writeToyPackage } from './support/toy-package.ts'

const name = 'rocket-chat'
const packageName = `nanoclaw-adapter-${name}`
const plain = { NANOCLAW_DRIVER: 'process' }

let folder = ''
let service: ChatService
let home: TestHome

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'nc-adapter-'))
  await builtAdapterPackage(name, folder)
  service = await startChatService(name, folder)
}, 120_000)

afterAll(async () => {
  await service?.stop()
  await rm(folder, { recursive: true, force: true })
})

beforeEach(async () => {
  home = await temporaryHome()
})

afterEach(() => home.remove())

const withoutTerminal = (args: readonly string[], env: Readonly<Record<string, string>> = {}) =>
  home.run(args, '', { env: { ...plain, ...env } })

const add = (...flags: readonly string[]) => withoutTerminal(['channels', 'add', folder, ...flags])

async function startDaemon(env: Readonly<Record<string, string>> = {}) {
  const daemon = home.start(['start', '--headless'], { env: { ...plain, ...env } })
  await daemon.until((stderr) => stderr.includes('nano answers'), 'stderr')
  return daemon
}

async function storedChannels(): Promise<unknown> {
  return JSON.parse(await readFile(join(home.home, 'config.json'), 'utf8')).channels
}

describe('a channel of somebody else’s', () => {
  it('is added by its package, and an answer comes back through it', async () => {
    const token = 'ROCKET_CHAT_TOKEN'
    const flags = ['--option', `url=${service.url}`, '--env', `token=${token}`, '--chat', 'lobby']
    const added = await add(...flags)
    expect(added).toMatchObject({ code: 0, stderr: '' })
    expect(added.stdout).toContain(`Added ${packageName} (${name}).`)
    expect(added.stdout).toContain(`needed where the daemon starts: ${token}`)
    const daemon = await startDaemon({ [token]: service.token })
    const ann = `${name}:person-ann`
    const known = await withoutTerminal(['users', 'add', ann, '--role', 'member'])
    expect(known).toMatchObject({ code: 0, stderr: '' })
    await service.say('lobby', 'hello')
    await eventually('the answer stands in the chat', async () =>
      (await service.answers()).includes('echo: hello'),
    )
    const listed = await withoutTerminal(['channels', '--json'])
    expect(JSON.parse(listed.stdout)).toMatchObject({
      running: true,
      channels: [{ adapter: packageName, channelType: name, state: 'connected' }],
    })
    daemon.signal('SIGTERM')
    expect(await daemon.ended).toMatchObject({ code: 0 })
    const log = await readFile(join(home.home, 'logs', 'daemon.log'), 'utf8')
    const told = [log, daemon.stderr(), listed.stdout, JSON.stringify(await storedChannels())]
    expect(told.join()).not.toContain(service.token)
  })

  it('is listed, and removed with its package', async () => {
    await add('--option', 'token=t', '--chat', 'lobby')
    expect(await withoutTerminal(['channels'])).toMatchObject({
      code: 0,
      stdout: `${packageName}\n`,
    })
    const removed = await withoutTerminal(['channels', 'remove', packageName])
    expect(removed).toMatchObject({ code: 0, stderr: '' })
    expect(await storedChannels()).toEqual([])
    expect(await readdir(join(home.home, 'channels', 'node_modules'))).not.toContain(packageName)
    expect(await withoutTerminal(['channels', 'remove', packageName])).toMatchObject({
      code: 1,
      stderr: `nanoclaw: there is no channel ${packageName}; none is configured\n`,
    })
  })

  it('is not added before its schema takes the options; all that is wrong is told at once', async () => {
    const refused = await add('--option', 'url=ftp://x', '--option', 'token=')
    expect(refused).toMatchObject({ code: 2, stdout: '' })
    const { code, stderr } = await add('--option', 'url=ftp://x')
    expect(code).toBe(1)
    expect(stderr).toContain('  url: expected an address such as')
    expect(stderr).toContain('  token: expected the token of the bot')
    expect(await readdir(home.home)).not.toContain('config.json')
  })

  it('is added from its own folder', async () => {
    const flags = ['--option', 'token=t', '--chat', 'lobby']
    for (const spec of ['.', '../']) {
      const cwd = spec === '.' ? folder : join(folder, 'src')
      const added = await home.run(['channels', 'add', spec, ...flags], '', { cwd, env: plain })
      expect(added).toMatchObject({ code: 0, stderr: '' })
      expect(added.stdout).toContain(`Added ${packageName} (${name}).`)
    }
  })

  it('changes its options when it is added again', async () => {
    await add('--option', 'token=one', '--chat', 'lobby')
    await withoutTerminal(['channels', 'add', packageName, '--option', 'token=two'])
    expect(await storedChannels()).toEqual([
      { adapter: packageName, options: { token: 'two' }, chats: [{ id: 'lobby' }] },
    ])
  })

  it('that is broken stops nothing else, and is told everywhere', async () => {
    const channels = [
      { adapter: 'nanoclaw-adapter-missing' },
      { adapter: 'also-missing', options: { token: { env: 'NOT_SET' } } },
    ]
    await writeFile(join(home.home, 'config.json'), JSON.stringify({ channels }))
    const { code, stdout, stderr } = await home.run(['start'], 'hello\n', { env: plain })
    expect([code, stdout]).toEqual([0, echoes(['hello'])])
    const why = 'nanoclaw-adapter-missing is not installed; install it with: nanoclaw channels add'
    expect(stderr).toContain(why)
    expect((await withoutTerminal(['incidents'])).stdout).toContain(why)
    await startDaemon()
    for (const command of ['status', 'channels']) {
      const { stdout: told } = await withoutTerminal([command])
      expect(told).toContain('nanoclaw-adapter-missing, failed since')
      expect(told).toContain(why)
    }
  })
})

describe('adding a channel', () => {
  it('says that npm is missing', async () => {
    const ended = await withoutTerminal(['channels', 'add', folder], { PATH: home.home })
    expect(ended).toMatchObject({ code: 1, stdout: '' })
    expect(ended.stderr).toMatch(/^nanoclaw: npm is not there; .*\n$/)
  })

  it('says what npm says when it fails', async () => {
    const foreign = join(home.home, 'foreign')
    await writeToyPackage(foreign, { manifest: { os: ['no-such-system'] } })
    const ended = await withoutTerminal(['channels', 'add', foreign])
    expect(ended).toMatchObject({ code: 1, stdout: '' })
    expect(ended.stderr).toMatch(/^nanoclaw: npm install of .*foreign failed: \S.*\n$/)
  })

  it('says that there is nothing at a path, as JSON too', async () => {
    const ended = await withoutTerminal(['channels', 'add', './nothing', '--json'])
    expect(ended.code).toBe(1)
    expect(JSON.parse(ended.stdout)).toMatchObject({ type: 'error', code: 'not-found' })
  })
})
