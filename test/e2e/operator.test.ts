import { createServer, type IncomingHttpHeaders, type Server } from 'node:http'
import { once } from 'node:events'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { configure, headless, stop } from './support/configured-home.ts'
import { eventually, temporaryHome, type TestHome } from './support/daemon.ts'

const canary = 'canary-7f3a'

interface Received {
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

let home: TestHome
let hook: Server
let received: Received[]
let answer: number

beforeEach(async () => {
  home = await temporaryHome()
  received = []
  answer = 200
  hook = createServer((request, response) => {
    let body = ''
    request.setEncoding('utf8').on('data', (chunk: string) => (body += chunk))
    request.on('end', () => {
      received.push({ headers: request.headers, body })
      response.writeHead(answer).end()
    })
  })
  hook.listen(0, '127.0.0.1')
  await once(hook, 'listening')
})

afterEach(async () => {
  hook.closeAllConnections()
  await new Promise((resolve) => hook.close(resolve))
  await home.remove()
})

function address(): string {
  const found = hook.address()
  if (found === null || typeof found === 'string') throw new Error('expected a port')
  return `http://127.0.0.1:${found.port}/${canary}`
}

const webhook = () => ({
  webhook: { env: 'HOOK' },
  headers: { Authorization: { env: 'HOOK_TOKEN' } },
})
const env = () => ({ HOOK: address(), HOOK_TOKEN: `Bearer ${canary}` })

/** A command that keeps what it is given on its standard input. */
const keeping = (file: string) => ({ command: ['/bin/sh', '-c', `cat >> ${file}`] })

it('is told of an incident by a webhook, once, and no secret of it is told to anybody', async () => {
  const channel = await configure(home, { unknownOutcome: 'ask' }, { operator: [webhook()] })
  const daemon = await headless(home, env())
  await channel.set('unknown')
  await channel.say('one')
  await eventually('the webhook is called', () => received.length > 0 || undefined)
  expect(received[0]?.headers.authorization).toBe(`Bearer ${canary}`)
  expect(received[0]?.body).toContain('delivery-ambiguous')
  const listed = await eventually('it is noted that the operator was told', async () => {
    const { stdout } = await home.run(['incidents'])
    return stdout.includes('through webhook') ? stdout : undefined
  })
  expect(listed).toMatch(/told \d{4}-.* through webhook 127\.0\.0\.1/)
  const { stdout: json } = await home.run(['incidents', '--json'])
  expect(JSON.parse(json).incidents).toMatchObject([{ toldThrough: expect.any(String) }])
  await stop(daemon)
  // What was told is told no more by the next daemon.
  await stop(await headless(home, env()))
  expect(received).toHaveLength(1)
  const log = await readFile(join(home.home, 'logs', 'daemon.log'), 'utf8')
  expect(log + listed + json + daemon.stderr()).not.toContain(canary)
})

it('is told by the second way when the first is down', async () => {
  answer = 503
  const kept = join(home.home, 'kept')
  const channel = await configure(
    home,
    { unknownOutcome: 'ask' },
    { operator: [webhook(), keeping(kept)] },
  )
  const daemon = await headless(home, env())
  await channel.set('unknown')
  await channel.say('one')
  const told = await eventually('the command is run', async () =>
    (await readFile(kept, 'utf8').catch(() => '')).includes('delivery-ambiguous'),
  )
  expect(told).toBe(true)
  expect(received.length).toBeGreaterThan(0)
  await eventually('it is noted through what', async () =>
    (await home.run(['incidents'])).stdout.includes('through command'),
  )
  await stop(daemon)
})

it('is told in a chat that no agent has in its address book', async () => {
  const operator = [{ channel: 'played', chat: 'operators' }]
  const channel = await configure(home, { unknownOutcome: 'ask' }, { operator })
  await headless(home)
  await channel.set('unknown')
  await channel.say('one')
  const told = await eventually('the operator is told', async () => {
    return (await channel.arrived()).find((text) => text !== 'echo: one')
  })
  expect(told).toContain('delivery-ambiguous')
  await eventually('it is noted through what', async () =>
    (await home.run(['incidents'])).stdout.includes('through chat operators'),
  )
  expect((await channel.arrived()).filter((text) => text === told)).toHaveLength(1)
})

it('is no way where a variable is missing: the daemon does not start, other commands do', async () => {
  await configure(home, {}, { operator: [keeping('/dev/null'), webhook()] })
  const { code, stderr } = await home.run(['start', '--headless'], '', {
    env: { NANOCLAW_DRIVER: 'process', HOOK: address() },
  })
  expect(code).toBe(1)
  expect(stderr).toContain(
    `"operator" in ${join(home.home, 'config.json')}: entry 2: the variable HOOK_TOKEN is not set`,
  )
  expect(stderr).not.toContain(canary)
  expect((await home.run(['incidents'])).code).toBe(0)
})

it('is asked for in a form that is checked: entry and field are named, no value is shown', async () => {
  await writeFile(
    join(home.home, 'config.json'),
    JSON.stringify({ operator: [{ webhook: `ftp://${canary}` }], notices: { unanswered: 7 } }),
  )
  const { code, stderr } = await home.run(['status'])
  expect(code).toBe(1)
  expect(stderr).toContain('entry 1, "webhook": expected an address that begins with')
  expect(stderr).toContain('"unanswered": expected a text')
  expect(stderr).not.toContain(canary)
})
