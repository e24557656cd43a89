import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { attachClient } from './support/control-client.ts'
import { echoes, eventually, temporaryHome, type Run, type TestHome } from './support/daemon.ts'
import { sessionCount, sessionRows } from './support/home-files.ts'

const plain = { env: { NANOCLAW_DRIVER: 'process' } }

let home: TestHome
let daemon: Run

beforeEach(async () => {
  home = await temporaryHome()
  daemon = home.start(['start', '--headless'], plain)
  await daemon.until((stderr) => stderr.includes('nano answers'), 'stderr')
})

afterEach(() => home.remove())

describe('chat', () => {
  it('says lines to the running daemon, prints the answers and ends when all are there', async () => {
    const lines = Array.from({ length: 50 }, (_, index) => `line ${index}`)
    const input = lines.map((line) => `${line}\n`).join('')
    expect(await home.run(['chat'], input)).toMatchObject({
      code: 0,
      stdout: echoes(lines),
      stderr: '',
    })
  })

  it('prints JSON for programs', async () => {
    const { stdout } = await home.run(['chat', '--json'], 'hello\n')
    expect(JSON.parse(stdout)).toEqual({ type: 'message', agent: 'nano', text: 'echo: hello' })
  })

  it('ends with a sentence when the daemon stops', async () => {
    const chat = home.start(['chat'])
    chat.write('hello\n')
    await chat.until((stdout) => stdout.includes('hello'))
    daemon.signal('SIGTERM')
    expect(await chat.ended).toMatchObject({
      code: 1,
      stderr: 'nanoclaw: the daemon ended the conversation: it was stopped\n',
    })
  })

  it('says with exit code 3 that no daemon runs', async () => {
    daemon.signal('SIGTERM')
    await daemon.ended
    const { code, stdout, stderr } = await home.run(['chat'], 'hello\n')
    expect([code, stdout]).toEqual([3, ''])
    expect(stderr).toMatch(/^nanoclaw: no daemon runs on .*; start one with npm start.*\n$/)
  })

  it('that goes away before its answer was shown loses nothing: the next one gets it', async () => {
    const client = await attachClient(home.home)
    client.say('!sleep 300')
    client.say('for later')
    await expect.poll(() => client.taken).toHaveLength(2)
    client.close()
    const waiting = "SELECT count(*) FROM delivered WHERE status <> 'delivered'"
    await eventually(
      'two answers wait',
      () => sessionCount(home.home, 'inbound', waiting) === 2 || undefined,
    )
    const { stdout, code } = await home.run(['chat'])
    expect(code).toBe(0)
    expect(stdout).toContain('nano> echo: for later\n')
    const ended = 'SELECT status, count(*) AS n FROM delivered GROUP BY status'
    expect(sessionRows(home.home, 'inbound', ended)).toEqual([{ status: 'delivered', n: 2 }])
  })
})

describe('status', () => {
  it('tells what runs, in words and as JSON', async () => {
    const words = await home.run(['status'])
    expect(words).toMatchObject({ code: 0, stderr: '' })
    expect(words.stdout).toContain(`runs on ${home.home} (process ${daemon.pid}, since `)
    const { stdout, code } = await home.run(['status', '--json'])
    expect(code).toBe(0)
    expect(JSON.parse(stdout)).toMatchObject({
      running: true,
      pid: daemon.pid,
      home: home.home,
      driver: { name: 'process', isolation: 'none' },
      agents: [{ name: 'nano', provider: 'scripted' }],
      chats: [{ name: 'terminal', channelType: 'terminal' }],
      incidents: [],
    })
  })

  it('tells what a home holds when none runs, with exit code 3', async () => {
    daemon.signal('SIGTERM')
    await daemon.ended
    const { stdout, code } = await home.run(['status', '--json'])
    expect(code).toBe(3)
    expect(JSON.parse(stdout)).toMatchObject({
      running: false,
      agents: [{ name: 'nano' }],
      chats: [{ name: 'terminal' }],
    })
    expect((await home.run(['status'])).stdout).toContain(`No daemon runs on ${home.home};`)
  })
})
