import { afterEach, beforeEach, expect, it } from 'vitest'
import { configure, headless, listed, stop } from './support/configured-home.ts'
import { temporaryHome, type TestHome } from './support/daemon.ts'

let home: TestHome

beforeEach(async () => {
  home = await temporaryHome()
})

afterEach(() => home.remove())

interface Hop {
  readonly at: string
  readonly id: string
  readonly what: string
  readonly status?: string
  readonly platformMessageId?: string | null
}

async function trace(id: string): Promise<{ readonly id: string; readonly hops: readonly Hop[] }> {
  const { stdout, stderr, code } = await home.run(['trace', id, '--json'])
  expect([code, stderr]).toEqual([0, ''])
  return JSON.parse(stdout)
}

const steps = (hops: readonly Hop[]) => hops.map(({ what, status }) => status ?? what)

it('shows every hop of a message by the id of either side, with the daemon running or not', async () => {
  const channel = await configure(home)
  const daemon = await headless(home)
  await channel.say('one')
  const { id, inReplyTo } = await listed(home, 'the answer arrives', ({ status }) => {
    return status === 'delivered'
  })
  if (inReplyTo === null) throw new Error('expected an answer that says what it answers')
  const { hops } = await trace(id)
  expect(steps(hops.filter((hop) => hop.id === id))).toEqual(
    expect.arrayContaining(['written', 'taken', 'sending', 'delivered']),
  )
  expect(steps(hops.filter((hop) => hop.id === inReplyTo))).toEqual(
    expect.arrayContaining(['accepted', 'claimed', 'completed']),
  )
  expect(hops.at(0)).toMatchObject({ what: 'accepted', id: inReplyTo })
  const delivered = hops.find(({ status }) => status === 'delivered')
  expect(delivered).toMatchObject({ platformMessageId: 'p-9' })
  for (const { at } of hops) expect(new Date(at).toISOString()).toBe(at)
  expect((await trace(inReplyTo)).hops).toEqual(hops)

  const words = await home.run(['trace', id])
  expect(words).toMatchObject({ code: 0, stderr: '' })
  expect(words.stdout).toContain(`${id} (asked for)`)
  expect(words.stdout).toMatch(/\+\d+ ms +\d+ {2}delivered +platform id p-9/)

  await stop(daemon)
  expect((await trace(id)).hops).toEqual(hops)
})

it('says what it has looked through for an id that is none, with the daemon running or not', async () => {
  const none = await home.run(['trace', 'out-none'])
  expect([none.code, none.stdout]).toEqual([1, ''])
  expect(none.stderr).toContain(`no session of ${home.home} has a message out-none`)
  await headless(home)
  const { code, stdout } = await home.run(['trace', 'out-none', '--json'])
  expect(code).toBe(1)
  expect(JSON.parse(stdout)).toMatchObject({ type: 'error', code: 'not-found' })
  expect((await home.run(['trace'])).code).toBe(2)
})
