import type { Delivery } from '@nanoclaw/core'
import { createConversation, createMemoryCore } from '@nanoclaw/core/testing'
import { expect, test } from 'vitest'
import { askOutside } from '../../src/session/ask-outside.ts'

const place = { channelType: 'test', channelInstance: '', platformId: 'vault' }
const meaning = { type: 'text', operation: 'message', place, text: 'the whole text' } as const

async function scene() {
  const core = await createMemoryCore()
  const { agent, session } = await createConversation(core)
  const mailbox = await core.mailboxes.open(agent.id, session.id)
  const [row] = await mailbox.append([
    {
      kind: 'chat',
      content: { text: 'hi', sender: 'Mallory', senderId: 'mallory' },
      origin: { ...place, platformId: 'room', threadId: null },
    },
  ])
  const vault = await core.chats.create({ ...place, name: 'vault' })
  const target = { type: 'channel', messagingGroupId: vault.id } as const
  await core.destinations.grant({ agentGroupId: agent.id, target })
  const mallory = { ...place, platformId: 'room', threadId: null }
  await core.heard.note(session, [
    { kind: 'chat', content: { text: '', sender: '', senderId: 'mallory' }, origin: mallory },
  ])
  const content = JSON.stringify({ text: 'the whole text' })
  const said = { kind: 'chat', content, inReplyTo: row?.id, threadId: null }
  const delivery = { id: 'out-00000001', ...said } as Delivery
  const ask = () => askOutside({ core, agent, session, mailbox }, delivery, meaning, 'for members')
  const policy = (to: 'ask' | 'deny') =>
    core.policies.set({ agentGroupId: '', action: 'outside_when', policy: to, by: 'operator' })
  return { core, ask, policy }
}

test('a person is shown the whole message, and on whose it follows; what they say holds for it', async () => {
  const { core, ask, policy } = await scene()
  await policy('ask')
  expect(await ask()).toMatch(/^for members; a person is asked .+ do not send it again$/)
  expect(await ask()).toContain('a person is asked')
  const [approval, ...others] = await core.approvals.list()
  expect(others).toEqual([])
  expect(approval).toMatchObject({ status: 'pending', onUserId: 'test:mallory' })
  expect(JSON.parse(approval?.effect ?? '')).toMatchObject({
    messageOutId: 'out-00000001',
    content: { text: 'the whole text' },
    place,
  })
  const by = { by: { type: 'operator' }, via: 'command' } as const
  const { id = '', digest = '' } = approval ?? {}
  await core.approvals.decide(id, { digest, decision: 'approve', ...by })
  expect(await ask()).toBeUndefined()
  await core.approvals.applied(id)
  expect(await ask()).toBeUndefined()
})

test('what a person has rejected does not go, and nobody is asked again', async () => {
  const { core, ask, policy } = await scene()
  await policy('ask')
  await ask()
  const [approval] = await core.approvals.list()
  const { id = '', digest = '' } = approval ?? {}
  const by = { by: { type: 'operator' }, via: 'command' } as const
  await core.approvals.decide(id, { digest, decision: 'reject', ...by })
  expect(await ask()).toContain('rejected')
  expect(await core.approvals.list()).toHaveLength(1)
})

test('where the policy denies it, nobody is asked', async () => {
  const { core, ask, policy } = await scene()
  await policy('deny')
  expect(await ask()).toContain('nobody is asked')
  expect(await core.approvals.list()).toEqual([])
})
