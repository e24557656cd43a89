import fc from 'fast-check'
import { expect, onTestFinished, test } from 'vitest'
import type { Core, Mailbox, NewInbound } from '../../src/index.ts'
import { createMemoryCore } from '../../src/testing.ts'
import { said, threads } from '../events/workbench.ts'
import { freshCore } from '../home.ts'

const extra = { reply: () => undefined }

/** The same, as an object of a class of the caller's, which a structured clone makes nothing of. */
function disguised<T extends object>(value: T): T {
  const getters = Object.keys(value).map((key): [string, PropertyDescriptor] => [
    key,
    { get: () => Reflect.get(value, key) as unknown, enumerable: true },
  ])
  return Object.create(Object.defineProperties({ ...extra }, Object.fromEntries(getters))) as T
}

async function mailboxOf(core: Core): Promise<Mailbox> {
  const [session] = await threads(core, 1)
  if (!session) throw new Error('a session')
  const mailbox = await core.mailboxes.open(session.agentGroupId, session.id)
  onTestFinished(() => mailbox.close())
  return mailbox
}

async function everyStore(): Promise<readonly Mailbox[]> {
  const memory = await createMemoryCore()
  onTestFinished(() => memory.close())
  const cores = [memory, await freshCore({ databaseThreads: 0 }), await freshCore()]
  return Promise.all(cores.map(mailboxOf))
}

const place = { channelType: 'test', channelInstance: '', platformId: 'family' }
const some = <T>(values: fc.Arbitrary<T>) => fc.option(values, { nil: undefined })
const row: fc.Arbitrary<NewInbound> = fc.record({
  kind: fc.constant('chat' as const),
  content: fc.constant({ text: 'x', sender: 'Ann', senderId: 'ann' }),
  origin: fc.option(fc.string().map((threadId) => disguised({ ...place, threadId }))),
  platformMessageId: some(fc.string()),
  trigger: some(fc.boolean()),
  onWake: some(fc.boolean()),
  hops: some(fc.nat(9)),
})

test('every store takes rows alike, whatever objects they are', async () => {
  const mailboxes = await everyStore()
  await fc.assert(
    fc.asyncProperty(fc.array(row, { maxLength: 3 }), async (rows) => {
      const [memory, ...others] = await Promise.all(
        mailboxes.map(async (mailbox) => {
          const appended = await mailbox.append(
            rows.map((each) => ({ ...disguised(each), ...each, ...extra })),
          )
          const found = await Promise.all(appended.map(({ id }) => mailbox.inbound(id)))
          await mailbox.end(
            appended.map(({ id }) => id),
            'completed',
          )
          return found.map((each) => ({ ...each, id: '', timestamp: '' }))
        }),
      )
      expect(memory?.map(({ origin }) => origin)).toEqual(
        rows.map(({ origin }) => origin && { ...place, threadId: origin.threadId }),
      )
      for (const other of others) expect(other).toEqual(memory)
    }),
    { numRuns: 20 },
  )
})

test('every store takes and settles alike, whatever objects it is given', async () => {
  const words = { unanswered: 'u', waiting: 'w', recovered: 'r' }
  const made = await Promise.all(
    (await everyStore()).map(async (mailbox) => {
      const taken = said(5)
      const also = { chat: disguised(words), notices: [] }
      await mailbox.take([disguised({ ...taken, row: disguised(taken.row) })], also)
      const { id } = taken.row
      await mailbox.settle(id, disguised({ status: 'ambiguous' as const, error: 'e' }), {
        parts: [disguised({ part: 0, status: 'sending' as const, content: '{}' })],
      })
      const home = disguised({ ...place, threadId: 't' })
      const [notice] = await mailbox.tellUnanswered([home], 'w')
      const answer = disguised({ id: 'out-aaaaaaaa', text: 'a', origin: home })
      const [answered] = (await mailbox.say(answer)).said
      await mailbox.project(
        disguised({
          ...{ destinations: [], unaddressedOutput: 'origin' as const },
          ...{ routing: home, onInterrupted: 'ask' as const },
        }),
      )
      const listed = await mailbox.deliveries(disguised({ limit: 9 }))
      const unfinished = await mailbox.unfinished(disguised(place), 9)
      const ids = [...listed, ...unfinished].map((each) => each.seq)
      return {
        ids,
        status: listed.map(({ status }) => status),
        content: [notice?.content, answered?.content],
        parts: (await mailbox.parts(id)).map(({ status }) => status),
      }
    }),
  )
  const [memory] = made
  expect(memory).toMatchObject({ ids: [8, 6, 5, 5, 6, 8], parts: ['sending'] })
  expect(made).toEqual([memory, memory, memory])
})
