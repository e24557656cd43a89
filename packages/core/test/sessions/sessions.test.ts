import { openDatabase } from '@nanoclaw/schema/database'
import { sessions } from '@nanoclaw/schema/drizzle'
import { expect, onTestFinished, test } from 'vitest'
import type { Core, Session } from '../../src/index.ts'
import { freshCore, makeChat, wiredPair } from '../home.ts'

const clock = { now: () => Date.parse('2026-01-31T12:00:00.000Z') }
const at = (minute: number) => `2026-01-31T12:${String(minute).padStart(2, '0')}:00.000Z`

// Whatever becomes of the clock.
const atOnce = '1970-01-01T00:00:00.000Z'

async function threads(core: Core, count: number): Promise<Session[]> {
  const { agent, chat } = await wiredPair(core)
  const made: Session[] = []
  for (let index = 0; index < count; index += 1) {
    const request = { agentGroupId: agent.id, messagingGroupId: chat.id, threadId: `t${index}` }
    const { session } = await core.resolveSession({ ...request, sessionMode: 'per-thread' })
    made.push(session)
  }
  return made
}

test('what is due is found in the order of its time', async () => {
  const core = await freshCore({ clock })
  const [a, b, c] = await threads(core, 4)
  if (!a || !b || !c) throw new Error('three sessions')
  expect(await core.sessions.nextDueAt(at(0))).toBeNull()
  await core.sessions.setDue(a.id, at(3))
  await core.sessions.setDue(b.id, at(1))
  await core.sessions.setDue(c.id, at(2))
  const due = async (minute: number, limit: number) =>
    (await core.sessions.due(at(minute), limit)).map(({ id }) => id)
  expect(await due(0, 10)).toEqual([])
  expect(await due(2, 10)).toEqual([b.id, c.id])
  expect(await due(9, 2)).toEqual([b.id, c.id])
  expect(await core.sessions.nextDueAt(at(0))).toBe(at(1))
  expect(await core.sessions.nextDueAt(at(1))).toBe(at(2))
  expect(await core.sessions.nextDueAt(at(3))).toBeNull()
  await core.sessions.setDue(b.id, null)
  expect(await due(9, 10)).toEqual([c.id, a.id])
  await expect(core.sessions.setDue(a.id, 'soon')).rejects.toMatchObject({ code: 'bad-option' })
  await expect(core.sessions.setDue('sess-unknown0', null)).rejects.toMatchObject({
    code: 'not-found',
  })
})

test('a session is made due only when it would be looked at too late', async () => {
  const core = await freshCore({ clock })
  const [session] = await threads(core, 1)
  if (!session) throw new Error('a session')
  expect(await core.sessions.ensureDue(session.id, at(5))).toBe(true)
  expect(await core.sessions.ensureDue(session.id, at(6))).toBe(false)
  expect(await core.sessions.ensureDue(session.id, at(4))).toBe(true)
  expect(await core.sessions.nextDueAt(at(0))).toBe(at(4))
})

test('every start of a container has an epoch of its own, also when two cores start one', async () => {
  const core = await freshCore()
  const other = await freshCore({ home: core.layout.home })
  const [session] = await threads(core, 1)
  if (!session) throw new Error('a session')
  const epochs = await Promise.all(
    Array.from({ length: 10 }, (_, index) =>
      (index % 2 === 0 ? core : other).sessions.beginEpoch(session.id),
    ),
  )
  expect(epochs.toSorted((x, y) => x - y)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10])
  expect(await core.sessions.running()).toMatchObject([{ id: session.id, epoch: 10 }])
  await core.sessions.setContainerStatus(session.id, 'stopped')
  expect(await other.sessions.running()).toEqual([])
  await expect(core.sessions.beginEpoch('sess-unknown0')).rejects.toMatchObject({
    code: 'not-found',
  })
})

test('the sessions of a chat are its own and those its agents share, not those of others', async () => {
  const core = await freshCore()
  const { agent, chat } = await wiredPair(core)
  const office = await makeChat(core, 'office')
  const eve = await core.agents.create({ name: 'Eve' })
  const wire = { messagingGroupId: chat.id, agentGroupId: eve.id }
  await core.wirings.create({ ...wire, sessionMode: 'agent-shared' })
  await core.wirings.create({ agentGroupId: agent.id, messagingGroupId: office.id })
  const resolve = async (
    agentGroupId: string,
    messagingGroupId: string,
    sessionMode: 'shared' | 'agent-shared',
  ) =>
    (await core.resolveSession({ agentGroupId, messagingGroupId, threadId: null, sessionMode }))
      .session.id
  const own = await resolve(agent.id, chat.id, 'shared')
  const shared = await resolve(eve.id, chat.id, 'agent-shared')
  const elsewhere = await resolve(agent.id, office.id, 'shared')
  await resolve(agent.id, chat.id, 'agent-shared')
  const ids = async (chatId: string) =>
    (await core.sessions.forChat(chatId)).map(({ id }) => id).toSorted()
  expect(await ids(chat.id)).toEqual([own, shared].toSorted())
  expect(await ids(office.id)).toEqual([elsewhere])
  expect(await core.sessions.list({ messagingGroupId: office.id })).toHaveLength(1)
  expect(await core.sessions.list({ agentGroupId: agent.id })).toHaveLength(3)
  expect(await core.sessions.list()).toHaveLength(4)
})

test('a message makes its session due, unless it wakes nobody', async () => {
  const core = await freshCore({ clock })
  const [a, b, c] = await threads(core, 3)
  if (!a || !b || !c) throw new Error('three sessions')
  const content = { text: 'hello', sender: 'Ann', senderId: 'ann' }
  const row = { kind: 'chat', content, origin: null } as const
  await core.writeSessionMessage(a, row)
  await core.writeSessionMessage(b, { ...row, processAfter: at(7) })
  const refused = { type: 'delivery_refused', seq: 1, destination: 'x', reason: 'y' } as const
  await core.writeSystemResponse(c, refused, { trigger: false })
  const dueAt = async ({ id }: Session) => (await core.sessions.get(id))?.nextDueAt
  expect(await dueAt(a)).toBe(atOnce)
  expect(await dueAt(b)).toBe(at(7))
  expect(await dueAt(c)).toBeNull()
  const mailbox = await core.mailboxes.open(c.agentGroupId, c.id)
  onTestFinished(() => mailbox.close())
  expect(await mailbox.pending(10)).toMatchObject([{ kind: 'system', trigger: false }])
  const stop = { type: 'command', command: 'stop' } as const
  expect(await core.writeSystemResponse(c, stop, { mailbox })).toMatchObject({ seq: 4 })
  expect(await dueAt(c)).toBe(atOnce)
})

test('[L4] a message handed over again is no second row, and still wakes', async () => {
  const core = await freshCore({ clock })
  const [session] = await threads(core, 1)
  if (!session) throw new Error('a session')
  const content = { text: 'hello', sender: 'Ann', senderId: 'ann' }
  const row = { kind: 'chat', content, origin: null, dedupeKey: 'k' } as const
  const first = await core.writeSessionMessage(session, row)
  await core.sessions.setDue(session.id, null)
  expect(await core.writeSessionMessage(session, row)).toEqual({ ...first, outcome: 'duplicate' })
  expect((await core.sessions.get(session.id))?.nextDueAt).toBe(atOnce)
})

test('a session that is closed leaves its key to the next one', async () => {
  const core = await freshCore()
  const [old] = await threads(core, 1)
  if (!old) throw new Error('a session')
  const database = openDatabase({ path: core.layout.centralDb, kind: 'central' })
  onTestFinished(() => database.close())
  database.orm
    .update(sessions)
    .set({ status: 'closed', nextDueAt: at(0) })
    .run()
  const { session, created } = await core.resolveSession({
    agentGroupId: old.agentGroupId,
    messagingGroupId: String(old.messagingGroupId),
    threadId: old.threadId,
    sessionMode: 'per-thread',
  })
  expect(created).toBe(true)
  expect(session.id).not.toBe(old.id)
  expect(await core.sessions.due(at(9), 10)).toEqual([])
  expect(await core.sessions.nextDueAt('2000-01-01T00:00:00.000Z')).toBeNull()
})
