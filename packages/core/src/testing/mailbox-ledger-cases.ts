import assert from 'node:assert/strict'
import { chat, delivers, home, office, queued, rejectsWith, said } from './mailbox-workbench.ts'
import type { MailboxCase } from './mailbox-workbench.ts'

const takeCases: readonly MailboxCase[] = [
  {
    name: 'taken rows are copied, the cursor moves, and inbound numbers go on above them',
    async run({ mailbox, again }) {
      const { deliveries } = await mailbox.take([
        queued(1),
        {
          row: said(7, { inReplyTo: 'in-00000001', turnId: 'turn-00000001' }),
          status: 'refused',
          error: 'no such place',
        },
      ])
      const takenAt = deliveries[1]?.takenAt ?? null
      assert.match(String(takenAt), /^\d{4}-.*Z$/)
      assert.deepEqual(deliveries[1], {
        id: 'out-00000007',
        seq: 7,
        kind: 'chat',
        ...home,
        content: said(7).content,
        status: 'refused',
        attempts: 0,
        ambiguousCount: 0,
        nextAttemptAt: null,
        platformMessageId: null,
        deliveredAt: null,
        error: 'no such place',
        inReplyTo: 'in-00000001',
        turnId: 'turn-00000001',
        writtenAt: said(7).timestamp,
        takenAt,
        firstSentAt: null,
        lastSentAt: null,
        askedAt: null,
      })
      const other = await again()
      assert.equal(await other.cursor(), 7)
      assert.equal(await other.largestSeq(), 7)
      assert.deepEqual(await other.delivery('out-00000007'), deliveries[1])
      assert.equal(await other.delivery('out-unknown0'), undefined)
      assert.equal((await other.append([chat('a')]))[0]?.seq, 8)
    },
  },
  {
    name: '[L5] a row that has been taken stays as it is when it is taken again',
    async run({ mailbox }) {
      await mailbox.take([queued(1), queued(3)])
      await delivers(mailbox, 'out-00000001', { platformMessageId: 'p1' })
      const { deliveries } = await mailbox.take([
        queued(1, { content: '{"text":"other"}' }),
        queued(3),
        queued(5),
      ])
      assert.deepEqual(
        deliveries.map(({ seq, status }) => [seq, status]),
        [
          [1, 'delivered'],
          [3, 'queued'],
          [5, 'queued'],
        ],
      )
      assert.equal(deliveries[0]?.content, said(1).content)
      assert.equal(await mailbox.cursor(), 5)
    },
  },
  {
    name: 'rows out of order, below the cursor, even, or twice in a call are refused, all of them',
    async run({ mailbox }) {
      await mailbox.take([queued(5)])
      const wrong = [
        [queued(9), queued(7)],
        [queued(7), queued(7, { id: 'out-another0' })],
        [queued(3)],
        [queued(8)],
        [queued(7), queued(9, { id: said(7).id })],
        [queued(7.5)],
      ]
      for (const rows of wrong) await rejectsWith('bad-content', mailbox.take(rows))
      assert.equal(await mailbox.cursor(), 5)
      assert.equal(await mailbox.delivery('out-00000007'), undefined)
    },
  },
  {
    name: 'a row that begins as sending says when it was announced',
    async run({ mailbox }) {
      const { deliveries } = await mailbox.take([{ row: said(1), status: 'sending' }])
      const [sending] = deliveries
      assert.ok(sending?.takenAt)
      assert.deepEqual(
        [sending.firstSentAt, sending.lastSentAt],
        [sending.takenAt, sending.takenAt],
      )
      assert.deepEqual(await mailbox.delivery(sending.id), sending)
    },
  },
  {
    name: 'a known id under a new number is passed over: the cursor goes on, the id is named',
    async run({ mailbox }) {
      await mailbox.take([queued(1), queued(3)])
      await delivers(mailbox, 'out-00000001')
      const again = { id: 'out-00000001', content: '{"text":"other"}' }
      const { deliveries, repeated } = await mailbox.take([queued(5, again), queued(7)])
      assert.deepEqual(
        deliveries.map(({ seq }) => seq),
        [7],
      )
      assert.deepEqual(repeated, ['out-00000001'])
      assert.equal(await mailbox.cursor(), 7)
      const last = await mailbox.take([queued(9, again)])
      assert.deepEqual([last.deliveries, last.repeated], [[], ['out-00000001']])
      assert.equal(await mailbox.cursor(), 9)
      const first = await mailbox.delivery('out-00000001')
      assert.deepEqual([first?.seq, first?.content], [1, said(1).content])
      assert.deepEqual((await mailbox.take([queued(11)])).repeated, [])
    },
  },
  {
    name: 'rows, acknowledgements and notices are taken together or not at all',
    async run({ mailbox }) {
      const [row] = await mailbox.append([chat('a')])
      assert.ok(row)
      const known = { turnId: null, epoch: 1, claims: null, claimedAt: null, error: null }
      const acks = [{ messageId: row.id, status: 'completed' as const, ...known }]
      const content = { type: 'delivery_refused', seq: 3, destination: 'x', reason: 'revoked' }
      const notice = { kind: 'system' as const, content, origin: null, trigger: false }
      await rejectsWith('bad-content', mailbox.take([queued(3), queued(2)], { acks }))
      await rejectsWith(
        'bad-content',
        mailbox.take([queued(3)], { acks, notices: [{ ...notice, content: {} }] }),
      )
      assert.equal((await mailbox.pending(10)).length, 1)
      assert.equal(await mailbox.cursor(), 0)
      const taken = await mailbox.take([queued(3)], { acks, notices: [notice] })
      assert.deepEqual(
        taken.ended.map(({ id }) => id),
        [row.id],
      )
      assert.deepEqual(
        taken.notices.map(({ seq }) => seq),
        [4],
      )
    },
  },
]

const projectionCases: readonly MailboxCase[] = [
  {
    name: '[W5] a projection is written when it says something new, and only then',
    async run({ mailbox, again }) {
      const ann = {
        name: 'ann',
        displayName: 'Ann',
        type: 'channel' as const,
        ...office,
        agentGroupId: null,
      }
      const settings = { unaddressedOutput: 'scratchpad', onInterrupted: 'rerun' } as const
      const none = { destinations: [], routing: null, ...settings }
      const full = { ...none, destinations: [ann], routing: { ...office, threadId: 't' } }
      assert.equal(await mailbox.project(none), true)
      assert.equal(await mailbox.project(none), false)
      assert.equal(await mailbox.project(full), true)
      assert.equal(await (await again()).project(full), false)
      assert.equal(await mailbox.project({ ...full, unaddressedOutput: 'origin' }), true)
      assert.equal(await mailbox.project({ ...full, onInterrupted: 'ask' }), true)
      const renamed = { ...full, destinations: [{ ...ann, displayName: 'Anna' }] }
      assert.equal(await mailbox.project(renamed), true)
      assert.equal(await mailbox.project(none), true)
    },
  },
]

/** What a mailbox promises about what the agent said, and about its address book. */
export const mailboxLedgerCases: readonly MailboxCase[] = [...takeCases, ...projectionCases]
