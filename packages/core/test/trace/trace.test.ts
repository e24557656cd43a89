import { expect, onTestFinished, test } from 'vitest'
import type { Mailbox, MessageTrace, Session } from '../../src/index.ts'
import { createConversation, createFakeClock, createMemoryCore } from '../../src/testing.ts'

const place = { channelType: 'test', channelInstance: '', platformId: 'family' }
const question = {
  kind: 'chat',
  content: { text: 'hello', sender: 'Ann', senderId: 'ann' },
  origin: { ...place, threadId: null },
} as const

async function conversation() {
  const clock = createFakeClock()
  const core = await createMemoryCore({ clock })
  onTestFinished(() => core.close())
  const { session } = await createConversation(core)
  const mailbox = await core.mailboxes.open(session.agentGroupId, session.id)
  onTestFinished(() => mailbox.close())
  return { core, clock, session, mailbox }
}

type Conversation = Awaited<ReturnType<typeof conversation>>

/** Takes all that the container has written, as rows about to be sent. */
async function take({ core }: Conversation, { agentGroupId, id }: Session, mailbox: Mailbox) {
  const ackIds = (await mailbox.pending(10)).map((row) => row.id)
  const at = { after: await mailbox.cursor(), largestSeq: await mailbox.largestSeq() }
  const read = await core.reader.read({ agentGroupId, sessionId: id, ...at, limit: 10, ackIds })
  if (read.outcome !== 'rows') throw new Error(JSON.stringify(read))
  const rows = read.rows.map((row) => ({ row, status: 'sending' as const }))
  return mailbox.take(rows, { acks: read.acks })
}

/** The hops in short, with the minute that each is of. */
function told(trace: MessageTrace | undefined): string[] {
  return (trace?.hops ?? []).map((hop) => {
    const status = 'status' in hop ? ` ${hop.status}` : ''
    return `${hop.at.slice(14, 16)} ${hop.seq} ${hop.what}${status}`
  })
}

const minute = 60_000

test('a trace of a row tells every hop of it and of its answers, in order of time', async () => {
  const all = await conversation()
  const { core, clock, session, mailbox } = all
  const container = core.container(session)
  const row = await core.writeSessionMessage(session, question, mailbox)
  clock.advance(minute)
  container.ack(row.id, 'processing')
  clock.advance(minute)
  const one = container.say('one', { inReplyTo: row.id })
  const two = container.say('two', { inReplyTo: row.id })
  clock.advance(minute)
  await take(all, session, mailbox)
  container.ack(row.id, 'completed')
  clock.advance(minute)
  await mailbox.settle(one.id, { status: 'delivered', platformMessageId: 'p1' })
  await mailbox.settle(two.id, { status: 'retrying', error: 'down', attempts: 1 })
  clock.advance(minute)
  await take(all, session, mailbox)
  const trace = await core.trace(row.id, { reader: core.reader })
  expect(told(trace)).toEqual([
    '00 2 accepted',
    '02 3 written',
    '02 5 written',
    '03 2 claimed',
    '03 3 taken',
    '03 5 taken',
    '03 3 delivery sending',
    '03 5 delivery sending',
    '04 3 delivery delivered',
    '04 5 delivery retrying',
    '05 2 ended completed',
  ])
  expect(trace).toMatchObject({ id: row.id, direction: 'in', session: { id: session.id } })
  expect(trace?.hops.at(8)).toMatchObject({ id: one.id, platformMessageId: 'p1', detail: null })
  expect(trace?.hops.at(9)).toMatchObject({ id: two.id, detail: 'down' })
  expect(trace?.hops.at(10)).toMatchObject({ id: row.id, turnId: expect.stringMatching(/^turn-/) })
  const ofAnswer = await core.trace(two.id, { reader: core.reader })
  expect(ofAnswer?.direction).toBe('out')
  expect(ofAnswer?.hops).toEqual(trace?.hops)
  const withoutReader = told(await core.trace(row.id))
  expect(withoutReader).toEqual(told(trace).filter((hop) => !hop.endsWith('claimed')))
})

test('an answer is found by its turn where it names another row of it', async () => {
  const all = await conversation()
  const { core, session, mailbox } = all
  const container = core.container(session)
  const row = await core.writeSessionMessage(session, question, mailbox)
  container.ack(row.id, 'completed')
  await take(all, session, mailbox)
  const [ended] = (await mailbox.events(0, 10)).filter((event) => event.type === 'turn')
  const turnId = ended?.type === 'turn' ? ended.turnId : null
  const answer = container.say('one', { inReplyTo: 'in-another0', turnId })
  await take(all, session, mailbox)
  const hops = (await core.trace(row.id))?.hops ?? []
  expect(hops.map(({ id }) => id)).toContain(answer.id)
})

test('what answers nothing has a trace of its own, and what is unknown has none', async () => {
  const all = await conversation()
  const { core, session, mailbox } = all
  const { id } = core.container(session).say('by itself')
  await take(all, session, mailbox)
  expect(told(await core.trace(id))).toEqual([
    '00 1 written',
    '00 1 taken',
    '00 1 delivery sending',
  ])
  expect(await core.trace('out-unknown0')).toBeUndefined()
  expect(await core.trace("' OR 1=1 --")).toBeUndefined()
})

test('a message is found in whichever session has it', async () => {
  const { core, session, mailbox } = await conversation()
  const { session: other } = await core.resolveSession({
    agentGroupId: session.agentGroupId,
    sessionMode: 'mail',
  })
  const inbound = await core.writeSessionMessage(other, question)
  const [own] = await mailbox.tellUnanswered([question.origin], 'not now')
  expect(await core.findMessage(inbound.id)).toMatchObject({
    session: { id: other.id },
    direction: 'in',
  })
  expect(await core.findMessage(own?.id ?? '')).toMatchObject({
    session: { id: session.id },
    direction: 'out',
  })
  expect(await core.findMessage('in-unknown0')).toBeUndefined()
})

test('a session that cannot be read hides no message of another, and is named where nothing is found', async () => {
  const { core, session, mailbox } = await conversation()
  await core.resolveSession({ agentGroupId: session.agentGroupId, sessionMode: 'mail' })
  const [own] = await mailbox.tellUnanswered([question.origin], 'not now')
  for (const nth of [1, 2]) {
    core.faults.failAt('mailboxes.openExisting', nth)
    const found = core.findMessage(own?.id ?? '')
    // The failure falls on the session that has it, or on the other one.
    const outcome = await found.then(
      () => 'found',
      (error: unknown) => (error instanceof Error ? error.message : 'no error'),
    )
    expect(outcome).toMatch(/^found$|of 2 these cannot: sess-/)
    core.faults.clear()
  }
  core.faults.failAt('mailboxes.openExisting', 1)
  await expect(core.findMessage('in-unknown0')).rejects.toMatchObject({ code: 'io' })
})
