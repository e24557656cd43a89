import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createCore, type Agent, type Core, type OutboundRow, type Session } from '@nanoclaw/core'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { countWaiting } from '../../src/ledger/count-waiting.ts'
import { describeDeliveries } from '../../src/ledger/describe-deliveries.ts'

let home = ''
let core: Core
let agent: Agent
let now = Date.parse('2026-11-22T12:00:00.000Z')

beforeEach(async () => {
  home = mkdtempSync(join(tmpdir(), 'nc-ledger-'))
  core = await createCore({ home, clock: { now: () => now } })
  agent = await core.agents.create({ name: 'nano', provider: 'scripted' })
})

afterEach(async () => {
  await core.close()
  rmSync(home, { recursive: true, force: true })
})

/** A chat that the agent calls by this name, and its session. */
async function sessionOf(name: string): Promise<Session> {
  const chat = await core.chats.create({ channelType: 'toy', platformId: name, name })
  await core.wirings.create({ agentGroupId: agent.id, messagingGroupId: chat.id })
  const { session } = await core.resolveSession({
    agentGroupId: agent.id,
    messagingGroupId: chat.id,
    threadId: null,
    sessionMode: 'shared',
  })
  return session
}

function row(seq: number, chatId: string, text: string): OutboundRow {
  return {
    id: `out-${chatId}-${seq}`,
    seq,
    kind: 'chat',
    inReplyTo: null,
    turnId: null,
    timestamp: new Date(now).toISOString(),
    deliverAfter: null,
    channelType: 'toy',
    channelInstance: '',
    platformId: chatId,
    threadId: null,
    content: JSON.stringify({ text }),
  }
}

async function take(session: Session, given: OutboundRow): Promise<void> {
  await using mailbox = await core.mailboxes.open(session.agentGroupId, session.id)
  await mailbox.take([{ row: given, status: 'sending' }])
  now += 1_000
}

async function settle(session: Session, id: string, change: object): Promise<void> {
  await using mailbox = await core.mailboxes.open(session.agentGroupId, session.id)
  await mailbox.settle(id, { status: 'failed', ...change })
}

describe('the deliveries of a home', () => {
  it('are those of all sessions, newest first, with the agent’s names', async () => {
    const [kitchen, garden] = [await sessionOf('kitchen'), await sessionOf('garden')]
    await take(kitchen, row(1, 'kitchen', 'one'))
    await take(garden, row(1, 'garden', 'two'))
    await take(kitchen, row(3, 'elsewhere', 'three'))
    await settle(kitchen, 'out-kitchen-1', { status: 'failed', error: 'the chat is gone' })
    const all = await describeDeliveries(core, { failed: false, limit: 10 })
    expect(all).toMatchObject({ sessions: 2, unread: [] })
    expect(all.deliveries).toMatchObject([
      { id: 'out-elsewhere-3', agent: 'nano', to: 'toy:elsewhere', status: 'sending' },
      { id: 'out-garden-1', to: 'garden', text: 'two' },
      { id: 'out-kitchen-1', to: 'kitchen', status: 'failed', error: 'the chat is gone' },
    ])
    const two = await describeDeliveries(core, { failed: false, limit: 2 })
    expect(two.deliveries.map(({ id }) => id)).toEqual(['out-elsewhere-3', 'out-garden-1'])
  })

  it('that failed are those too that a person is asked about, but not those being looked up', async () => {
    const kitchen = await sessionOf('kitchen')
    for (const seq of [1, 3, 5, 7]) await take(kitchen, row(seq, 'kitchen', `number ${seq}`))
    const asked = { status: 'ambiguous', nextAttemptAt: null, askedAt: new Date(now).toISOString() }
    await settle(kitchen, 'out-kitchen-1', { status: 'refused', error: 'not allowed' })
    await settle(kitchen, 'out-kitchen-3', { ...asked, ambiguousCount: 1 })
    await settle(kitchen, 'out-kitchen-5', { status: 'ambiguous', ambiguousCount: 1 })
    const { deliveries } = await describeDeliveries(core, { failed: true, limit: 10 })
    expect(deliveries).toMatchObject([
      { id: 'out-kitchen-3', asked: true, ambiguousCount: 1 },
      { id: 'out-kitchen-1', asked: false, status: 'refused' },
    ])
  })

  it('leave out a session that cannot be read, and say so', async () => {
    const [kitchen, garden] = [await sessionOf('kitchen'), await sessionOf('garden')]
    await take(kitchen, row(1, 'kitchen', 'one'))
    writeFileSync(core.layout.session(garden.agentGroupId, garden.id).inboundDb, 'no database')
    const { deliveries, unread } = await describeDeliveries(core, { failed: false, limit: 10 })
    expect(deliveries).toHaveLength(1)
    expect(unread).toEqual([{ sessionId: garden.id, why: expect.stringMatching(/\S/) }])
  })

  it('on their way are counted by state, of sessions that have something to do', async () => {
    const [kitchen, garden] = [await sessionOf('kitchen'), await sessionOf('garden')]
    for (const seq of [1, 3]) await take(kitchen, row(seq, 'kitchen', 'x'))
    await take(garden, row(1, 'garden', 'x'))
    await settle(kitchen, 'out-kitchen-1', { status: 'retrying' })
    expect(await countWaiting(core)).toEqual({})
    await core.sessions.setDue(kitchen.id, '2026-11-22T12:00:00.000Z')
    expect(await countWaiting(core)).toEqual({ retrying: 1, sending: 1 })
  })
})
