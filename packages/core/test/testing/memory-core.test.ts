import { access, mkdir } from 'node:fs/promises'
import { describe, expect, test } from 'vitest'
import type { ReadRequest, Session } from '../../src/index.ts'
import {
  createConversation,
  createFakeClock,
  createMemoryCore,
  mailboxConformance,
  type MemoryCore,
} from '../../src/testing.ts'

describe('mailbox in memory', () => {
  const make = async () => {
    const core = await createMemoryCore()
    return { store: core.mailboxes, dispose: () => core.close() }
  }
  for (const { name, run } of mailboxConformance(make)) test(name, run)
})

const said = (text: string) => ({
  kind: 'chat' as const,
  content: { text, sender: 'Ann', senderId: 'ann' },
  origin: { channelType: 'test', channelInstance: '', platformId: 'family', threadId: null },
})

const request = (session: Session, values: Partial<ReadRequest> = {}): ReadRequest => ({
  agentGroupId: session.agentGroupId,
  sessionId: session.id,
  after: 0,
  largestSeq: 0,
  limit: 10,
  ackIds: [],
  ...values,
})

const texts = (core: MemoryCore, session: Session) =>
  core
    .container(session)
    .inbox()
    .map((row) => (row.kind === 'chat' ? row.content.text : row.kind))

test('two cores at once share nothing, and the same steps give the same ids and times', async () => {
  const [one, two] = [await createMemoryCore(), await createMemoryCore()]
  const here = await createConversation(one)
  const there = await createConversation(two)
  expect(there).toEqual(here)
  expect(here.agent).toMatchObject({ id: 'ag-00000001', createdAt: '2026-01-31T12:00:00.000Z' })
  await one.writeSessionMessage(here.session, said('for one'))
  await one.incidents.open({ kind: 'k', subject: 's', message: 'm' })
  expect(texts(one, here.session)).toEqual(['for one'])
  expect(texts(two, there.session)).toEqual([])
  expect(await two.incidents.list()).toEqual([])
})

test('what was committed is there after a restart, and the old core is at its end', async () => {
  const clock = createFakeClock()
  const core = await createMemoryCore({ clock })
  const { session } = await createConversation(core)
  const mailbox = await core.mailboxes.open(session.agentGroupId, session.id)
  await core.writeSessionMessage(session, said('before'))
  await core.channelState('test', '').set('offset', '7')
  clock.advance(1_000)
  const next = await core.reopen()
  await expect(mailbox.append([said('late')])).rejects.toMatchObject({ name: 'SimulatedCrash' })
  await expect(core.agents.list()).rejects.toMatchObject({ name: 'SimulatedCrash' })
  expect(next.installId).toBe(core.installId)
  expect(texts(next, session)).toEqual(['before'])
  expect(await next.channelState('test', '').get('offset')).toBe('7')
  expect(await next.sessions.due('2026-01-31T12:00:01.000Z', 10)).toMatchObject([
    { id: session.id },
  ])
  await next.agents.create({ name: 'Max' })
  expect((await next.agents.list()).map(({ folder }) => folder)).toEqual(['max', 'max-2'])
})

test('one that is reopened twice has one living core', async () => {
  const core = await createMemoryCore()
  const first = await core.reopen()
  const second = await core.reopen()
  await expect(first.agents.list()).rejects.toMatchObject({ name: 'SimulatedCrash' })
  await second.agents.create({ name: 'Max' })
  const third = await first.reopen()
  await expect(second.agents.list()).rejects.toMatchObject({ name: 'SimulatedCrash' })
  expect(await third.agents.list()).toHaveLength(1)
})

test('after close everything says so, as on disk', async () => {
  const core = await createMemoryCore()
  const { session } = await createConversation(core)
  const mailbox = await core.mailboxes.open(session.agentGroupId, session.id)
  await mailbox.close()
  await expect(mailbox.pending(1)).rejects.toMatchObject({ code: 'closed' })
  await core.close()
  await core.close()
  await expect(core.agents.list()).rejects.toMatchObject({ code: 'closed' })
  await expect(core.mailboxes.open('ag-1/..', session.id)).rejects.toMatchObject({
    code: 'bad-option',
  })
})

test('a path of a core in memory can be neither read nor made', async () => {
  const core = await createMemoryCore()
  const { agent } = await createConversation(core)
  const { folder, instructions } = await core.agents.prepareFolder(agent)
  expect(instructions).toContain('in-memory')
  await expect(access(instructions)).rejects.toThrow('ENOTDIR')
  await expect(mkdir(folder, { recursive: true })).rejects.toThrow('ENOTDIR')
})

test('what a played container says and reports, the reader reads as a host reads a real one', async () => {
  const core = await createMemoryCore()
  const { session } = await createConversation(core)
  const first = await core.writeSessionMessage(session, said('one'))
  const second = await core.writeSessionMessage(session, said('two'))
  const max = core.container(session)
  expect(max.inbox()[0]).toEqual({ id: first.id, seq: 2, ...said('one') })
  const answer = max.say('hello Ann')
  expect(answer).toMatchObject({ seq: 5, platformId: 'family', content: '{"text":"hello Ann"}' })
  max.ack(first.id, 'processing')
  max.ack(first.id, 'completed')
  max.ack(second.id, 'failed', 'no model')
  expect(max.inbox()).toEqual([])
  const read = await core.reader.read(request(session, { ackIds: [first.id, second.id] }))
  expect(read).toMatchObject({
    outcome: 'rows',
    rows: [answer],
    acks: [
      { messageId: first.id, status: 'completed', error: null },
      { messageId: second.id, status: 'failed', error: 'no model' },
    ],
    more: false,
  })
  const mailbox = await core.mailboxes.open(session.agentGroupId, session.id)
  if (read.outcome !== 'rows') throw new Error('rows')
  await mailbox.take([{ row: answer, status: 'queued' }], { acks: read.acks })
  expect(await mailbox.pending(10)).toEqual([])
  expect(await core.reader.read(request(session, { after: await mailbox.cursor() }))).toMatchObject(
    { rows: [] },
  )
  await core.reader.stop()
  await expect(core.reader.read(request(session))).rejects.toMatchObject({ code: 'closed' })
})

test('what no runner writes is a violation in memory too, and the next read works', async () => {
  const core = await createMemoryCore()
  const { session } = await createConversation(core)
  const max = core.container(session)
  max.say('', { threadId: 'x'.repeat(1025) })
  expect(await core.reader.read(request(session))).toMatchObject({ outcome: 'violation' })
  expect(await core.reader.read(request(session, { after: 1 }))).toMatchObject({ rows: [] })
  expect(() => max.say('again', { seq: 1 })).toThrow('UNIQUE')
})
