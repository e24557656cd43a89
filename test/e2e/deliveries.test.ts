import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { configure, headless, list, listed, stop, type Listed } from './support/configured-home.ts'
import { eventually, temporaryHome, type Run, type TestHome } from './support/daemon.ts'
import type { PlayedChannel } from './support/played-channel.ts'

let home: TestHome
let channel: PlayedChannel

beforeEach(async () => {
  home = await temporaryHome()
})

afterEach(() => home.remove())

async function daemonWith(delivery: object): Promise<Run> {
  channel = await configure(home, delivery)
  return await headless(home)
}

describe('nanoclaw deliveries', () => {
  it('lists what was sent and what failed, with the daemon running and without', async () => {
    const daemon = await daemonWith({})
    await channel.say('one')
    await listed(home, 'an answer is delivered', ({ status }) => status === 'delivered')
    await channel.set('gone')
    await channel.say('two')
    const failed = await listed(home, 'one fails', ({ status }) => status === 'failed')
    expect(failed).toMatchObject({
      agent: 'nano',
      text: 'echo: two',
      error: expect.stringContaining('the chat is gone'),
      asked: false,
    })
    const words = await home.run(['deliveries'])
    expect(words).toMatchObject({ code: 0, stderr: '' })
    expect(words.stdout).toMatch(/^ID +AGE +STATUS +TRIES +UNSURE +AGENT +TO +WHAT\n/)
    expect(words.stdout).toMatch(
      new RegExp(`\\n${failed.id} .* failed .*the chat is gone.*echo: two`),
    )
    expect((await list(home, '--failed')).map(({ id }) => id)).toEqual([failed.id])
    expect(await list(home, '--limit', '1')).toHaveLength(1)
    const before = await list(home)
    await stop(daemon)
    expect(await list(home)).toEqual(before)
    expect((await home.run(['deliveries'])).stdout).toContain(failed.id)
  })

  it('says that nothing was sent where nothing was, and makes no home', async () => {
    const elsewhere = `${home.home}/none`
    expect(await home.run(['deliveries', '--home', elsewhere])).toMatchObject({
      code: 0,
      stdout: 'Nothing has been sent in 0 sessions.\n',
    })
    const { code } = await home.run(['status', '--home', elsewhere])
    expect(code).toBe(3)
    await stop(await headless(home))
    expect((await home.run(['deliveries', '--failed'])).stdout).toMatch(/^No delivery has failed/)
  })

  it.each([
    [['--limit', '0'], /whole number from 1 to 1000/],
    [['--limit', 'many'], /whole number from 1 to 1000/],
    [['--settle', 'out-1'], /expected nanoclaw deliveries --settle out-1 delivered, or failed/],
    [['--settle', 'out-1', 'maybe'], /expected nanoclaw deliveries --settle out-1 delivered/],
    [['delivered'], /no argument without --settle/],
  ])('%j is a usage error', async (args, problem) => {
    const { code, stdout, stderr } = await home.run(['deliveries', ...args])
    expect([code, stdout]).toEqual([2, ''])
    expect(stderr).toMatch(problem)
  })
})

describe('a message of which a person is asked whether it arrived', () => {
  const ask = { unknownOutcome: 'ask', timeoutSeconds: 1 }

  async function asked(): Promise<Listed> {
    await channel.set('unknown')
    await channel.say('did it')
    return await listed(home, 'a person is asked', ({ asked: is }) => is === true)
  }

  it('keeps the queue going, makes status end with 4, and is settled by an answer', async () => {
    await daemonWith(ask)
    expect((await home.run(['status'])).code).toBe(0)
    const { id } = await asked()
    await channel.set('sent')
    await channel.say('next')
    await eventually('the next one arrives', async () =>
      (await channel.arrived()).includes('echo: next'),
    )
    const status = await home.run(['status', '--json'])
    expect(status.code).toBe(4)
    const { incidents } = JSON.parse(status.stdout)
    expect(incidents).toMatchObject([{ kind: 'delivery-ambiguous', subject: id }])
    const resolve = await home.run(['incidents', '--resolve', incidents[0].id])
    expect([resolve.code, resolve.stdout]).toEqual([1, ''])
    expect(resolve.stderr).toContain(`nanoclaw deliveries --settle ${id} delivered`)
    expect(await home.run(['deliveries', '--settle', id, 'delivered'])).toMatchObject({
      code: 0,
      stdout: `${id} is delivered.\n`,
      stderr: '',
    })
    expect((await home.run(['status'])).code).toBe(0)
    expect(await channel.arrived()).toEqual(['echo: did it', 'echo: next'])
    const again = await home.run(['deliveries', '--settle', id, 'failed'])
    expect([again.code, again.stdout]).toEqual([1, ''])
    expect(again.stderr).toMatch(/^nanoclaw: \S.*\n$/)
  })

  it('is still asked about after a restart; settled as failed, its agent is told', async () => {
    const daemon = await daemonWith(ask)
    const { id } = await asked()
    await stop(daemon)
    const { stderr, code } = await home.run(['deliveries', '--settle', id, 'failed'])
    expect([code, stderr]).toEqual([3, expect.stringContaining('no daemon runs on')])
    await headless(home)
    expect((await list(home, '--failed')).map((one) => one.id)).toEqual([id])
    const settled = await home.run(['deliveries', '--settle', id, 'failed', '--json'])
    expect(settled).toMatchObject({ code: 0, stdout: `{"settled":"${id}","status":"failed"}\n` })
    expect(await list(home, '--failed')).toMatchObject([{ id, status: 'failed', asked: false }])
  })

  it('is sent again under its key by a requeue', async () => {
    await daemonWith(ask)
    const { id } = await asked()
    await channel.set('sent')
    expect(await home.run(['requeue', id])).toMatchObject({ code: 0, stderr: '' })
    await listed(home, 'it is delivered', (one) => one.id === id && one.status === 'delivered')
    expect(await channel.arrived()).toEqual(['echo: did it', 'echo: did it'])
    expect((await list(home))[0]).toMatchObject({ ambiguousCount: 1 })
    expect((await home.run(['status'])).code).toBe(0)
  })
})
