import { createMemoryCore, type MemoryCore } from '@nanoclaw/core/testing'
import type { Agent, Mailbox, Session } from '@nanoclaw/core'
import type { ActionPolicy } from '@nanoclaw/schema'
import { beforeEach, expect, test } from 'vitest'
import { createActions } from '../../src/actions/actions.ts'
import { applyCreateAgent } from '../../src/actions/create-agent.ts'

let core: MemoryCore
let agent: Agent
let session: Session
let mailbox: Mailbox
const limits = { childAgents: 2 }

async function conversation(isAdmin: boolean): Promise<void> {
  agent = await core.agents.create({ name: isAdmin ? 'Ada' : 'Bob', isAdmin })
  const place = { channelType: 'test', channelInstance: '', platformId: agent.id }
  const chat = await core.chats.create({ ...place, name: 'room' })
  const resolved = await core.resolveSession({
    agentGroupId: agent.id,
    messagingGroupId: chat.id,
    threadId: null,
    sessionMode: 'shared',
  })
  session = resolved.session
  mailbox = await core.mailboxes.open(agent.id, session.id)
  await say('ann')
}

async function say(senderId: string): Promise<string> {
  const origin = { channelType: 'test', channelInstance: '', platformId: agent.id, threadId: null }
  const content = { text: 'hello', sender: senderId, senderId }
  const [row] = await mailbox.append([{ kind: 'chat', content, origin }])
  return row?.id ?? ''
}

beforeEach(async () => {
  core = await createMemoryCore()
  await conversation(true)
})

function ask(values: object = {}, inReplyTo: string | null = null, id = 'out-00000001') {
  const { signal } = new AbortController()
  const way = createActions({ core, limits }).wayOf({ agent, session, mailbox, signal })
  const content = { action: 'create_agent', name: 'Cleo', ...values } as const
  return way.carryOut({ id, content, inReplyTo })
}

const policy = (to: ActionPolicy) =>
  core.policies.set({ agentGroupId: '', action: 'create_agent', policy: to, by: 'operator' })

test('an agent that is no admin has none made, whatever the policy says [X6]', async () => {
  await conversation(false)
  await policy('allow')
  expect(await ask()).toMatchObject({
    outcome: 'refused',
    reason: expect.stringContaining('admin'),
  })
  expect(await core.agents.list()).toHaveLength(2)
})

test.each([
  ['that it has been approved', { approved: true }],
  ['another parent', { parentId: 'ag-00000000' }],
  ['that it be an admin', { isAdmin: true }],
  ['a folder of its own', { folder: '../../etc' }],
  ['no name', { name: ' ' }],
  ['a name that is none', { name: 7 }],
])('a row that claims %s is refused [X6]', async (_what, values) => {
  await policy('allow')
  expect(await ask(values)).toMatchObject({ outcome: 'refused' })
  expect(await core.agents.list()).toHaveLength(1)
})

test('by policy a person is asked first, who is shown all that would be done', async () => {
  const outcome = await ask({ instructions: 'Be kind.' })
  expect(outcome).toMatchObject({ outcome: 'done', result: expect.stringContaining('Submitted') })
  const [approval] = await core.approvals.list()
  if (approval === undefined) throw new Error('expected a request')
  expect(approval).toMatchObject({
    status: 'pending',
    agentGroupId: agent.id,
    onUserId: 'test:ann',
  })
  expect(JSON.parse(approval.effect)).toEqual({
    parentId: agent.id,
    name: 'Cleo',
    folder: 'cleo',
    provider: 'scripted',
    instructions: 'Be kind.',
  })
  // Asked again after a crash it is the same request.
  expect(await ask({ instructions: 'Be kind.' })).toEqual(outcome)
  expect(await core.approvals.list()).toHaveLength(1)
  expect(await core.agents.list()).toHaveLength(1)

  const decision = { decision: 'approve', by: { type: 'operator' }, via: 'command' } as const
  await core.approvals.decide(approval.id, { ...decision, digest: approval.digest })
  const approved = { ...approval, status: 'approved' } as const
  for (let times = 0; times < 2; times += 1) {
    expect(await applyCreateAgent({ core, limits }, approved)).toEqual({ outcome: 'applied' })
  }
  expect((await core.agents.list()).map(({ name }) => name)).toEqual(['Ada', 'Cleo'])
})

test('what was approved and cannot be done any more fails, and says why', async () => {
  await ask()
  const [approval] = await core.approvals.list()
  if (approval === undefined) throw new Error('expected a request')
  await core.agents.create({ name: 'Cleo' })
  expect(await applyCreateAgent({ core, limits }, approval)).toMatchObject({
    outcome: 'failed',
    error: expect.stringContaining('cleo'),
  })
})

test('where the policy denies it, nothing is done or asked', async () => {
  await policy('deny')
  expect(await ask()).toMatchObject({ outcome: 'refused', reason: expect.stringContaining('deny') })
  expect(await core.approvals.list()).toEqual([])
})

test('where the policy allows it, it is done once, and the agent is told how to write to it', async () => {
  await policy('allow')
  const first = await ask()
  expect(first).toMatchObject({ outcome: 'done', result: expect.stringContaining('cleo') })
  expect(await ask()).toEqual(first)
  expect(await core.agents.list()).toHaveLength(2)
  const known = await core.destinations.list(agent.id)
  expect(known.map(({ localName }) => localName)).toEqual(['cleo'])
  // The quota.
  await ask({}, null, 'out-00000003')
  expect(await ask({}, null, 'out-00000005')).toMatchObject({
    outcome: 'refused',
    reason: expect.stringContaining('2 are the most'),
  })
  expect(await core.agents.list()).toHaveLength(3)
})

test('who led to it is the sender of the message that is being answered, not whom the agent names', async () => {
  const [old] = await mailbox.pending(1)
  await mailbox.end([old?.id ?? ''], 'completed')
  await say('bea')
  await ask({}, old?.id ?? null)
  const [approval] = await core.approvals.list()
  expect(approval).toMatchObject({ onUserId: 'test:bea' })
})
