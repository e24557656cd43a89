import { once } from 'node:events'
import { connect } from 'node:net'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { createCore } from '@nanoclaw/core'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { headless, stop } from './support/configured-home.ts'
import { temporaryHome, type TestHome } from './support/daemon.ts'

let home: TestHome

beforeEach(async () => {
  home = await temporaryHome()
})

afterEach(() => home.remove())

/** What the daemon says to one frame. */
async function said(frame: object): Promise<Record<string, unknown>> {
  const socket = connect(join(home.home, 'run', 'daemon.sock'))
  await once(socket, 'connect')
  socket.write(`${JSON.stringify(frame)}\n`)
  const answer: Record<string, unknown> = JSON.parse((await text(socket)).split('\n')[0] ?? '')
  return answer
}

/** What a command answers; a person has agreed to it. */
async function does(command: string, input: object = {}, isSure = true) {
  const answer = await said({ type: 'admin', version: 1, command, input, isSure, width: null })
  expect(answer, command).toMatchObject({ type: 'admin' })
  return answer.answer
}

const done = (result: object) => expect.objectContaining({ outcome: 'done', result: match(result) })
const match = (result: object): unknown => expect.objectContaining(result)

const account = { channelType: 'terminal', channelInstance: '' }

/** Somebody has asked for something before the daemon starts; gives the codes. */
async function asked(...keys: readonly string[]): Promise<readonly string[]> {
  await using core = await createCore({ home: home.home })
  const agent = await core.agents.create({ name: 'Nano', isAdmin: true })
  return await Promise.all(
    keys.map(async (key) => {
      const requested = await core.approvals.request({
        action: 'unknown_sender',
        agentGroupId: agent.id,
        effect: { ...account, handle: key, name: key, agentGroupId: agent.id },
        summary: `let ${key} in`,
        reason: 'they have written',
        requestKey: key,
      })
      if (requested.outcome !== 'pending') throw new Error(`it is ${requested.outcome}`)
      return requested.approval.code
    }),
  )
}

it('a daemon does over its socket what every command says', { timeout: 120_000 }, async () => {
  const [first, second] = await asked('ann', 'bob')
  const daemon = home.start(['start', '--headless'], { env: { NANOCLAW_DRIVER: 'process' } })
  await daemon.until((stderr) => stderr.includes('Nano answers'), 'stderr')
  const hello = await home.run(['chat'], 'hello\n')
  // Its user is an owner, who is asked there about what waits.
  const stdout = expect.stringMatching(/approval is needed: unknown sender[^]*Nano> echo: hello\n$/)
  expect(hello).toMatchObject({ code: 0, stdout })

  const ada = { agent: 'ada' }
  await does('agents create', { name: 'Ada' })
  expect(await does('agents set', { ...ada, admin: true })).toEqual(
    done({ agent: match({ isAdmin: true }) }),
  )
  expect(await does('agents show', ada)).toEqual(done({ wirings: [] }))
  await does('chats add', { place: 'far:1', name: 'Hall' })
  await does('chats set', { chat: 'hall', unknownSenders: 'public' })
  expect(await does('chats list')).toEqual(
    done({ chats: [match({ name: 'terminal' }), match({ unknownSenders: 'public' })] }),
  )
  await does('wire', { ...ada, chat: 'hall', engage: 'mention' })
  expect(await does('wirings')).toEqual(done({ wirings: [match({}), match({ agent: 'Ada' })] }))
  await does('destinations grant', { ...ada, target: 'nano' })
  await does('destinations rename', { ...ada, name: 'nano', to: 'first' })
  expect(await does('destinations list', ada)).toEqual(
    done({ destinations: [match({ localName: 'first' }), match({ localName: 'hall' })] }),
  )
  await does('destinations revoke', { ...ada, name: 'first' })

  const user = 'telegram:4711'
  await does('users add', { user, name: 'Ann' })
  await does('users grant', { user, role: 'admin' })
  await does('users revoke', { user, role: 'admin' })
  expect(await does('users remove', { user }, false)).toEqual({
    outcome: 'unsure',
    lines: [expect.stringContaining('nor Ann')],
  })
  await does('users remove', { user })
  expect(JSON.stringify(await does('users list'))).not.toContain(user)

  await does('policies set', { action: 'create_agent', policy: 'deny' })
  expect(JSON.stringify(await does('policies list', ada))).toContain('"policy":"deny"')
  expect(await does('approvals show', { request: first })).toEqual(
    done({ approval: match({ summary: 'let ann in' }) }),
  )
  await does('approvals approve', { request: first })
  await does('approvals reject', { request: second })
  expect(await does('approvals list')).toEqual(done({ approvals: [] }))

  const sessions = JSON.stringify(await does('sessions list', { agent: 'nano' }))
  const [session] = /sess-[0-9a-f-]+/.exec(sessions) ?? []
  expect(await does('sessions show', { session })).toEqual(done({ agent: 'Nano' }))
  expect(await does('sessions clear', { session })).toEqual(done({ cleared: session }))

  await does('unwire', { ...ada, chat: 'hall' })
  await does('chats remove', { chat: 'hall' })
  await does('agents remove', ada)
  expect(await does('agents list')).toEqual(done({ agents: [match({ name: 'Nano' })] }))
  expect(await does('audit', { verify: true })).toEqual(done({ verified: match({}) }))
  expect(JSON.stringify(await does('audit'))).toContain('agents remove')
  await stop(daemon)
})

it('what is no command, or no input of one, is refused, and nothing is done', async () => {
  const daemon = await headless(home)
  const admin = { type: 'admin', version: 1, command: 'agents set', isSure: false, width: null }
  expect(await said({ ...admin, command: 'agents explode', input: {} })).toMatchObject({
    type: 'refusal',
    code: 'not-found',
  })
  expect(await said({ ...admin, input: { agent: 7, admin: true } })).toMatchObject({
    type: 'refusal',
    code: 'usage',
  })
  expect(await said({ ...admin, input: { agent: 'nano', admin: 'yes' } })).toMatchObject({
    type: 'refusal',
    code: 'usage',
  })
  expect(await said({ ...admin, input: [] })).toMatchObject({ type: 'bye' })
  expect(JSON.stringify(await does('audit'))).not.toContain('agents set')
  await stop(daemon)
})
