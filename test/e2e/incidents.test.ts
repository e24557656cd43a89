import { createCore } from '@nanoclaw/core'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { echoes, temporaryHome, type TestHome } from './support/daemon.ts'

const plain = { env: { NANOCLAW_DRIVER: 'process' } }

let home: TestHome
let incidentId: string

/** A home whose only session an earlier daemon has put into quarantine. */
beforeEach(async () => {
  home = await temporaryHome()
  await home.run(['start'], 'before\n', plain)
  const core = await createCore({ home: home.home })
  const [session] = await core.sessions.list()
  const { incident } = await core.incidents.open({
    kind: 'session-quarantined',
    subject: session?.id ?? '',
    message: 'it wrote what no runner writes',
  })
  incidentId = incident.id
  await core.close()
})

afterEach(() => home.remove())

const waiting =
  'nanoclaw> Your message cannot be answered right now. ' +
  'It is kept, and will be answered as soon as this is mended.\n'
const recovered =
  'nanoclaw> Messages are being answered again. If yours was not, please send it once more.\n'

const waits = (lines: string) =>
  `nanoclaw: ${lines} session is in quarantine; see: nanoclaw incidents\n`

describe('a session in quarantine', () => {
  it('is said once in the chat, and with exit code 1 as often as somebody waits for it', async () => {
    const first = await home.run(['start'], 'one\ntwo\n', plain)
    expect(first).toMatchObject({ code: 1, stdout: waiting })
    expect(first.stderr).toContain(waits('2 messages wait: their'))
    const next = await home.run(['start', '--json'], '', plain)
    expect(next.code).toBe(1)
    expect(next.stderr).toContain(waits('2 messages wait: their'))
    expect(next.stdout).toContain('{"type":"error","code":"quarantined"')
    expect(next.stdout).not.toContain('"type":"message"')
  })

  it('is released where no daemon runs; the next one answers what waited', async () => {
    await home.run(['start'], 'one\n', plain)
    const list = await home.run(['incidents'])
    expect(list).toMatchObject({ code: 0, stderr: '' })
    expect(list.stdout).toContain(`${incidentId}  session-quarantined of sess-`)
    expect(list.stdout).toContain('it wrote what no runner writes')
    const resolved = await home.run(['incidents', '--resolve', incidentId])
    expect(resolved).toMatchObject({ code: 0, stdout: `Resolved ${incidentId}.\n` })
    expect((await home.run(['incidents'])).stdout).toBe('No incident is open.\n')
    const next = await home.run(['start'], '', plain)
    expect(next).toMatchObject({ code: 0, stdout: echoes(['one']) + recovered })
  })

  it('is released in a running daemon, which answers what waited at once', async () => {
    const daemon = home.start(['start', '--headless'], plain)
    await daemon.until((stderr) => stderr.includes('nano answers'), 'stderr')
    expect(await home.run(['chat'], 'one\n')).toMatchObject({
      code: 1,
      stdout: waiting,
      stderr: waits('1 message waits: its'),
    })
    const { stdout } = await home.run(['incidents', '--json'])
    expect(JSON.parse(stdout)).toMatchObject({ running: true, incidents: [{ id: incidentId }] })
    const resolved = await home.run(['incidents', '--json', '--resolve', incidentId])
    expect(resolved).toMatchObject({ code: 0, stdout: `{"resolved":"${incidentId}"}\n` })
    expect(await home.run(['chat'])).toMatchObject({ code: 0, stdout: echoes(['one']) + recovered })
  })
})

it('an incident that is not open cannot be resolved', async () => {
  const { code, stdout, stderr } = await home.run(['incidents', '--resolve', 'inc-none'])
  expect([code, stdout]).toEqual([1, ''])
  expect(stderr).toMatch(/^nanoclaw: no open incident of .* has the id inc-none; list them with/)
})

it('a home that nothing has been started on has no incidents, and is not made', async () => {
  const elsewhere = `${home.home}/none`
  const list = await home.run(['incidents', '--json', '--home', elsewhere])
  expect(list.code).toBe(0)
  expect(JSON.parse(list.stdout)).toEqual({ running: false, incidents: [] })
  expect((await home.run(['incidents', '--resolve', 'inc-1', '--home', elsewhere])).code).toBe(1)
  expect((await home.run(['status', '--home', elsewhere])).code).toBe(3)
})
