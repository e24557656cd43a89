import assert from 'node:assert/strict'
import { queued, rejectsWith } from './mailbox-workbench.ts'
import type { MailboxCase } from './mailbox-workbench.ts'

/** What a mailbox promises about the parts of a delivery. */
export const mailboxPartCases: readonly MailboxCase[] = [
  {
    name: 'parts are kept by number, what is left out of a change stays, and another process sees them',
    async run({ mailbox, again }) {
      await mailbox.take([queued(1), queued(3)])
      const id = 'out-00000001'
      assert.deepEqual(await mailbox.parts(id), [])
      await mailbox.settleParts(id, [
        { part: 0, status: 'sending', content: '"a"' },
        { part: 1, status: 'queued', content: '"b"' },
      ])
      await mailbox.settleParts(id, [{ part: 0, status: 'delivered', platformMessageId: 'p0' }])
      await mailbox.settleParts(id, [{ part: 1, status: 'sending', attempts: 1 }])
      await mailbox.settleParts(id, [
        { part: 1, status: 'ambiguous', ambiguousCount: 1, error: '?' },
      ])
      const [first, second] = await (await again()).parts(id)
      assert.ok(first?.firstSentAt && second?.firstSentAt)
      assert.deepEqual(first, {
        ...{ part: 0, status: 'delivered', content: '"a"', platformMessageId: 'p0' },
        ...{ attempts: 0, ambiguousCount: 0, error: null },
        ...{ firstSentAt: first.firstSentAt, lastSentAt: first.firstSentAt },
      })
      assert.deepEqual(second, {
        ...{ part: 1, status: 'ambiguous', content: '"b"', platformMessageId: null },
        ...{ attempts: 1, ambiguousCount: 1, error: '?' },
        ...{ firstSentAt: second.firstSentAt, lastSentAt: second.firstSentAt },
      })
      assert.deepEqual(await mailbox.parts('out-00000003'), [])
      assert.equal((await mailbox.delivery(id))?.status, 'queued')
    },
  },
  {
    name: 'changes of parts are made together or not at all, by the table of transitions',
    async run({ mailbox }) {
      await mailbox.take([queued(1)])
      const id = 'out-00000001'
      const begin = [{ part: 0, status: 'queued' as const }]
      const change = (part: number, status: 'delivered' | 'failed') => [...begin, { part, status }]
      await rejectsWith('bad-state', mailbox.settleParts(id, change(0, 'delivered')))
      await rejectsWith('bad-state', mailbox.settleParts(id, change(1, 'failed')))
      assert.deepEqual(await mailbox.parts(id), [])
      await rejectsWith('not-found', mailbox.settleParts('out-unknown0', begin))
      await mailbox.settleParts(id, [])
    },
  },
  {
    name: 'a delivery and its parts change together or not at all, and another process sees both',
    async run({ mailbox, again }) {
      await mailbox.take([queued(1)])
      const id = 'out-00000001'
      const begin = { part: 0, status: 'sending' as const, content: '"a"' }
      await mailbox.settle(id, { status: 'sending' }, { parts: [begin] })
      const impossible = [{ part: 0, status: 'queued' as const }]
      await rejectsWith(
        'bad-state',
        mailbox.settle(id, { status: 'failed' }, { parts: impossible }),
      )
      const possible = [{ part: 0, status: 'delivered' as const }]
      await rejectsWith('bad-state', mailbox.settle(id, { status: 'queued' }, { parts: possible }))
      assert.equal((await mailbox.delivery(id))?.status, 'sending')
      assert.deepEqual(
        (await mailbox.parts(id)).map(({ status }) => status),
        ['sending'],
      )
      const parts = [{ part: 0, status: 'ambiguous' as const, ambiguousCount: 1, attempts: 1 }]
      const change = { status: 'ambiguous', ambiguousCount: 1, attempts: 1 } as const
      await mailbox.settle(id, { ...change, askedAt: '2026-02-01T00:00:00.000Z' }, { parts })
      const other = await again()
      const [part] = await other.parts(id)
      assert.deepEqual(
        [(await other.delivery(id))?.status, part?.status],
        ['ambiguous', 'ambiguous'],
      )
      assert.equal((await other.requeue(id)).attempts, 0)
      const [requeued] = await other.parts(id)
      assert.deepEqual(
        [requeued?.status, requeued?.attempts, requeued?.ambiguousCount],
        ['ambiguous', 0, 1],
      )
    },
  },
]
