import { afterEach, beforeEach, expect, it } from 'vitest'
import { configure, headless, list, listed, stop } from './support/configured-home.ts'
import { eventually, temporaryHome, type TestHome } from './support/daemon.ts'

let home: TestHome

beforeEach(async () => {
  home = await temporaryHome()
})

afterEach(() => home.remove())

it('sends what failed again, once, and refuses what has arrived', async () => {
  const channel = await configure(home)
  await headless(home)
  await channel.set('gone')
  await channel.say('one')
  const { id } = await listed(home, 'it fails', ({ status }) => status === 'failed')
  await channel.set('sent')
  expect(await home.run(['requeue', id])).toMatchObject({
    code: 0,
    stdout: expect.stringContaining(`${id} is queued`),
    stderr: '',
  })
  await listed(home, 'it arrives', (one) => one.id === id && one.status === 'delivered')
  expect(await channel.arrived()).toEqual(['echo: one'])
  const again = await home.run(['requeue', id, '--json'])
  expect(again.code).toBe(1)
  expect(JSON.parse(again.stdout)).toMatchObject({ type: 'error', code: 'bad-state' })
  expect(await channel.arrived()).toEqual(['echo: one'])
})

it('gives a message whose turn has failed to its agent again, as a copy', async () => {
  const channel = await configure(home)
  await headless(home)
  await channel.say('!error fatal no')
  const told = await listed(home, 'the chat is told', ({ agent }) => agent === 'nanoclaw')
  expect(told.text).toContain('could not be answered')
  const inbound = told.inReplyTo
  if (inbound === null) throw new Error('expected the notice to say which message it is about')
  const { stdout, code } = await home.run(['requeue', inbound, '--json'])
  expect(code).toBe(0)
  const found = JSON.parse(stdout)
  expect(found).toMatchObject({ requeued: inbound, direction: 'in', outcome: 'appended' })
  await eventually('the copy is worked on', async () => {
    const { stdout: traced } = await home.run(['trace', found.id])
    return traced.includes('failed')
  })
})

it('says that there is no such message, or no daemon', async () => {
  const without = await home.run(['requeue', 'out-none'])
  expect(without).toMatchObject({ code: 3, stdout: '' })
  expect(without.stderr).toMatch(/^nanoclaw: no daemon runs on .*; start one with npm start/)
  const daemon = await headless(home)
  const { code, stderr } = await home.run(['requeue', 'out-none'])
  expect([code, stderr]).toEqual([1, expect.stringContaining('out-none')])
  await stop(daemon)
  expect(await list(home)).toEqual([])
})
