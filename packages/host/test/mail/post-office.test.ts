import type { Agent, Mailbox, NewInbound, Session } from '@nanoclaw/core'
import { createMemoryCore, type MemoryCore } from '@nanoclaw/core/testing'
import { NanoclawError } from '@nanoclaw/schema'
import { beforeEach, expect, test } from 'vitest'
import { createPostOffice } from '../../src/mail/post-office.ts'

let core: MemoryCore
let ada: Agent
let bob: Agent
let asking: Session
/** What was appended, and in which session. */
let posted: { readonly session: string; readonly row: NewInbound }[]

async function chatOf(agent: Agent, platformId: string): Promise<Session> {
  const place = { channelType: 'test', channelInstance: '', platformId }
  const chat = await core.chats.create({ ...place, name: platformId })
  const request = { agentGroupId: agent.id, messagingGroupId: chat.id, threadId: null }
  return (await core.resolveSession({ ...request, sessionMode: 'shared' })).session
}

const mailOf = async (agent: Agent): Promise<Session> =>
  (await core.resolveSession({ agentGroupId: agent.id, sessionMode: 'mail' })).session

const mailboxOf = ({ agentGroupId, id }: Session): Promise<Mailbox> =>
  core.mailboxes.open(agentGroupId, id)

beforeEach(async () => {
  core = await createMemoryCore()
  ada = await core.agents.create({ name: 'Ada' })
  bob = await core.agents.create({ name: 'Bob' })
  asking = await chatOf(ada, 'room')
  posted = []
})

/** A letter out of a session. */
async function post(
  from: { readonly agent: Agent; readonly session: Session },
  letter: { readonly to: Agent; readonly inReplyTo?: string | null; readonly id?: string },
  fail?: Error,
) {
  const mailbox = await mailboxOf(from.session)
  const { signal } = new AbortController()
  const office = createPostOffice({
    core,
    limits: { mailPerMinute: 1, mailBurst: 2 },
    append: async (session, rows) => {
      if (fail !== undefined) throw fail
      for (const row of rows) posted.push({ session: session.id, row })
    },
  })
  const { to, inReplyTo = null, id = 'out-00000001' } = letter
  const way = office.wayOf({ ...from, mailbox, signal })
  return way.post({ id, to: to.id, inReplyTo, text: 'hello' })
}

/** A row of mail as the host would have appended it. */
async function received(by: Session, from: { agent: Agent; session: Session }, hops: number) {
  const origin = {
    ...{ channelType: 'agent', channelInstance: '', platformId: from.agent.id },
    threadId: from.session.id,
  }
  const content = { text: 'hi', sender: from.agent.name, senderId: from.agent.id }
  const mailbox = await mailboxOf(by)
  const [row] = await mailbox.append([
    { kind: 'chat', content, origin, sourceSessionId: from.session.id, hops },
  ])
  return row?.id ?? ''
}

test('the envelope is the host’s: who writes, from which session, how often it was passed on', async () => {
  const from = { agent: ada, session: asking }
  expect(await post(from, { to: bob })).toEqual({ outcome: 'delivered' })
  expect(posted).toEqual([
    {
      session: (await mailOf(bob)).id,
      row: {
        kind: 'chat',
        content: { text: 'hello', sender: 'Ada', senderId: ada.id },
        origin: {
          ...{ channelType: 'agent', channelInstance: '', platformId: ada.id },
          threadId: asking.id,
        },
        dedupeKey: JSON.stringify(['a2a', asking.id, 'out-00000001']),
        sourceSessionId: asking.id,
        hops: 1,
      },
    },
  ])
})

test('an answer goes to the session that asked, and counts on [W3]', async () => {
  const inbox = await mailOf(bob)
  const row = await received(inbox, { agent: ada, session: asking }, 5)
  await post({ agent: bob, session: inbox }, { to: ada, inReplyTo: row })
  expect(posted).toMatchObject([{ session: asking.id, row: { hops: 6 } }])
})

test('what answers one agent goes to no session of another, though it names its letter [X6]', async () => {
  const inbox = await mailOf(bob)
  const cleo = await core.agents.create({ name: 'Cleo' })
  const row = await received(inbox, { agent: ada, session: asking }, 1)
  await post({ agent: bob, session: inbox }, { to: cleo, inReplyTo: row })
  expect(posted).toMatchObject([{ session: (await mailOf(cleo)).id, row: { hops: 2 } }])
})

test('a row that its session never had answers nothing [X6]', async () => {
  const inbox = await mailOf(bob)
  const foreign = await received(await mailOf(ada), { agent: bob, session: inbox }, 3)
  await post({ agent: bob, session: inbox }, { to: ada, inReplyTo: foreign })
  expect(posted).toMatchObject([{ session: (await mailOf(ada)).id, row: { hops: 1 } }])
})

test('a session that claims another agent’s as the one that asked gets there nothing [X6]', async () => {
  const inbox = await mailOf(bob)
  const others = await chatOf(await core.agents.create({ name: 'Cleo' }), 'cleos')
  const row = await received(inbox, { agent: ada, session: others }, 1)
  await post({ agent: bob, session: inbox }, { to: ada, inReplyTo: row })
  expect(posted).toMatchObject([{ session: (await mailOf(ada)).id }])
})

test('after the eighth nothing is carried any more [W7]', async () => {
  const inbox = await mailOf(bob)
  const from = { agent: bob, session: inbox }
  const last = await received(inbox, { agent: ada, session: asking }, 7)
  const over = await received(inbox, { agent: ada, session: asking }, 8)
  expect(await post(from, { to: ada, inReplyTo: last })).toEqual({ outcome: 'delivered' })
  expect(await post(from, { to: ada, inReplyTo: over })).toMatchObject({
    outcome: 'refused',
    reason: expect.stringContaining('9th'),
  })
  expect(posted).toHaveLength(1)
})

test('an agent that is gone is refused, what no row can hold fails, what may pass is thrown', async () => {
  const from = { agent: ada, session: asking }
  const gone = { ...bob, id: 'ag-00000000' }
  expect(await post(from, { to: gone })).toMatchObject({ outcome: 'refused' })
  const tooLong = new NanoclawError('bad-content', 'too long')
  expect(await post(from, { to: bob }, tooLong)).toMatchObject({
    outcome: 'failed',
    reason: 'too long',
  })
  await expect(post(from, { to: bob }, new Error('busy'))).rejects.toThrow('busy')
})
