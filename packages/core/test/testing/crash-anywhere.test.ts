import { isNanoclawError } from '@nanoclaw/schema'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Mailbox, Session } from '../../src/index.ts'
import {
  createConversation,
  createFaultPlan,
  createMemoryCore,
  isSimulatedCrash,
  type FaultPlan,
  type MemoryCore,
} from '../../src/testing.ts'

const questions = ['one', 'two', 'three']
const place = { channelType: 'test', channelInstance: '', platformId: 'family' }

/** A platform that knows a repeated send by its key. */
type Platform = Map<string, string>

/** The agent answers what is new to it: it is a process of its own and keeps its answers. */
function answer(core: MemoryCore, session: Session): void {
  const container = core.container(session)
  for (const row of container.inbox()) {
    if (row.kind === 'chat') container.say(`answer to ${row.content.text}`, { inReplyTo: row.id })
    container.ack(row.id, 'completed')
  }
}

async function deliver(mailbox: Mailbox, platform: Platform): Promise<void> {
  for (const { id, content, status, ambiguousCount } of await mailbox.unfinished(place, 10)) {
    if (status === 'sending') {
      await mailbox.settle(id, { status: 'ambiguous', ambiguousCount: ambiguousCount + 1 })
    }
    await mailbox.settle(id, { status: 'sending' })
    platform.set(id, content)
    await mailbox.settle(id, { status: 'delivered' })
  }
}

async function take(core: MemoryCore, mailbox: Mailbox, session: Session): Promise<void> {
  const waiting = await mailbox.pending(10)
  const read = await core.reader.read({
    agentGroupId: session.agentGroupId,
    sessionId: session.id,
    after: await mailbox.cursor(),
    largestSeq: await mailbox.largestSeq(),
    limit: 10,
    ackIds: waiting.map(({ id }) => id),
  })
  if (read.outcome !== 'rows') throw new Error(JSON.stringify(read))
  const rows = read.rows.map((row) => ({ row, status: 'queued' as const }))
  await mailbox.take(rows, { acks: read.acks })
}

/** A small host: hands over, reads, takes, sends. Begun again after a crash, it goes on. */
async function host(core: MemoryCore, session: Session, platform: Platform): Promise<void> {
  for (const text of questions) {
    await core.writeSessionMessage(session, {
      kind: 'chat',
      content: { text, sender: 'Ann', senderId: 'ann' },
      origin: { ...place, threadId: null },
      dedupeKey: text,
    })
    answer(core, session)
  }
  const mailbox = await core.mailboxes.open(session.agentGroupId, session.id)
  try {
    await take(core, mailbox, session)
    await deliver(mailbox, platform)
  } finally {
    await mailbox.close()
  }
  await core.sessions.setDue(session.id, null)
}

/** Starts the host until it comes through; says how often. */
async function persist(core: MemoryCore, session: Session, platform: Platform): Promise<number> {
  for (let starts = 1, current = core; ; starts += 1) {
    try {
      await host(current, session, platform)
      return starts
    } catch (error) {
      if (isSimulatedCrash(error)) current = await current.reopen()
      else if (!(isNanoclawError(error) && error.code === 'disk-full')) throw error
    }
  }
}

async function expectEverythingOnce(plan: (faults: FaultPlan) => void) {
  const faults = createFaultPlan()
  const core = await createMemoryCore({ faults })
  const { session } = await createConversation(core)
  const platform: Platform = new Map()
  plan(faults)
  const starts = await persist(core, session, platform)
  faults.clear()
  const texts = [...platform.values()].map((content) => JSON.parse(content) as unknown)
  expect(texts).toEqual(questions.map((text) => ({ text: `answer to ${text}` })))
  const after = await core.reopen()
  const mailbox = await after.mailboxes.open(session.agentGroupId, session.id)
  expect(await mailbox.pending(10)).toEqual([])
  expect(await mailbox.unfinishedPlaces()).toEqual([])
  expect(await after.sessions.due('2999-01-01T00:00:00.000Z', 10)).toEqual([])
  return { starts, faults }
}

test('a crash at any call loses nothing and doubles nothing', async () => {
  const { calls } = (await expectEverythingOnce(() => undefined)).faults
  const steps = calls.lastIndexOf('sessions.setDue') - calls.indexOf('core.writeSessionMessage') + 1
  expect(steps).toBeGreaterThan(20)
  for (let n = 1; n <= steps; n += 1) {
    for (const when of ['before', 'after'] as const) {
      const { starts } = await expectEverythingOnce((faults) => faults.crashAt('any', n, when))
      expect(starts).toBe(2)
    }
  }
}, 120_000)

test('crashes and full disks in any number and order lose nothing and double nothing', async () => {
  const fault = fc.record({
    n: fc.integer({ min: 1, max: 90 }),
    what: fc.constantFrom('fail' as const, 'before' as const, 'after' as const),
  })
  await fc.assert(
    fc.asyncProperty(fc.array(fault), async (chosen) => {
      await expectEverythingOnce((faults) => {
        for (const { n, what } of chosen) {
          if (what === 'fail') faults.failAt('any', n)
          else faults.crashAt('any', n, what)
        }
      })
    }),
    { numRuns: 30 },
  )
})
