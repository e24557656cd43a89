import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { attachClient } from './support/control-client.ts'
import { configure, headless, list, listed, stop } from './support/configured-home.ts'
import { eventually, temporaryHome, type Run, type TestHome } from './support/daemon.ts'
import type { PlayedChannel } from './support/played-channel.ts'

let home: TestHome
let channel: PlayedChannel
let daemon: Run

beforeEach(async () => {
  home = await temporaryHome()
  channel = await configure(home, { timeoutSeconds: 60 })
  daemon = await headless(home)
})

afterEach(() => home.remove())

async function begun(text: string): Promise<void> {
  await eventually(`${text} is being sent`, async () => (await channel.begun()).includes(text))
}

const answered = (text: string) =>
  listed(home, `${text} is delivered`, (one) => one.text === text && one.status === 'delivered')

describe('the first SIGTERM', () => {
  it('lets a send that is in flight finish', async () => {
    await channel.set('late')
    await channel.say('one')
    await begun('echo: one')
    daemon.signal('SIGTERM')
    await daemon.until((stderr) => stderr.includes('stopping'), 'stderr')
    await channel.set('sent')
    expect(await daemon.ended).toMatchObject({ code: 0 })
    expect(await channel.arrived()).toEqual(['echo: one'])
    expect(await list(home)).toMatchObject([{ text: 'echo: one', status: 'delivered' }])
  })

  it('lets a turn that runs finish, and starts none: what waits is for the next start', async () => {
    await stop(daemon)
    daemon = await headless(home, { NANOCLAW_MAX_CONTAINERS: '1' })
    await channel.say('!sleep 4000')
    await eventually('a turn runs', async () => {
      const { containers } = JSON.parse((await home.run(['status', '--json'])).stdout).host
      return containers === 1 || undefined
    })
    const client = await attachClient(home.home)
    client.say('two')
    await expect.poll(() => client.taken).toEqual(['two'])
    daemon.signal('SIGTERM')
    expect(await daemon.ended).toMatchObject({ code: 0 })
    const left = await list(home)
    expect(left.map(({ text }) => text)).not.toContain('echo: two')
    expect(left.map(({ status }) => status)).toEqual(['delivered'])
    expect(client.shown).toEqual([])

    daemon = await headless(home)
    const next = await attachClient(home.home)
    await expect.poll(() => next.shown, { timeout: 20_000 }).toEqual(['echo: two'])
    next.close()
  })
})

describe('the second SIGTERM', () => {
  it('ends the process at once; nothing is lost, and the next start goes on', async () => {
    await channel.set('silent')
    await channel.say('one')
    await begun('echo: one')
    await channel.say('two')
    daemon.signal('SIGTERM')
    await daemon.until((stderr) => stderr.includes('stopping'), 'stderr')
    const before = performance.now()
    daemon.signal('SIGTERM')
    expect(await daemon.ended).toMatchObject({ code: 143 })
    expect(performance.now() - before).toBeLessThan(8_000)

    await channel.set('sent')
    daemon = await headless(home)
    await answered('echo: one')
    await answered('echo: two')
    const arrived = await channel.arrived()
    expect(arrived.filter((text) => text === 'echo: one')).toHaveLength(1)
    expect(arrived.filter((text) => text === 'echo: two')).toHaveLength(1)
    const first = (await list(home)).find(({ text }) => text === 'echo: one')
    expect(first).toMatchObject({ ambiguousCount: 1 })
  })
})
