import assert from 'node:assert/strict'
import { chat, home, office, queued, rejectsWith, said } from './mailbox-workbench.ts'
import type { MailboxCase } from './mailbox-workbench.ts'

const takeCases: readonly MailboxCase[] = [
  {
    name: 'taken rows are copied, the cursor moves, and inbound numbers go on above them',
    async run({ mailbox, again }) {
      const { deliveries } = await mailbox.take([
        queued(1),
        { row: said(7), status: 'refused', error: 'no such place' },
      ])
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
      await mailbox.settle('out-00000001', { status: 'delivered', platformMessageId: 'p1' })
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
    name: 'a known id under a new number is passed over: the cursor goes on, the id is named',
    async run({ mailbox }) {
      await mailbox.take([queued(1), queued(3)])
      await mailbox.settle('out-00000001', { status: 'delivered' })
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

const settleCases: readonly MailboxCase[] = [
  {
    name: 'unfinished deliveries are found by place, in order, until they end',
    async run({ mailbox }) {
      const place = { ...office, threadId: 't' }
      await mailbox.take([queued(1), queued(3, place), queued(5), queued(7), queued(9)])
      await mailbox.settle('out-00000005', { status: 'delivered' })
      await mailbox.settle('out-00000007', { status: 'ambiguous', ambiguousCount: 1 })
      const seqs = async (limit: number) =>
        (await mailbox.unfinished(home, limit)).map(({ seq }) => seq)
      assert.deepEqual(await seqs(10), [1, 7, 9])
      assert.deepEqual(await seqs(2), [1, 7])
      const places = await mailbox.unfinishedPlaces()
      assert.deepEqual(
        places.map(({ platformId }) => platformId).toSorted(),
        [home.platformId, office.platformId].toSorted(),
      )
      for (const status of ['delivered', 'failed', 'refused'] as const) {
        const [next] = await mailbox.unfinished(home, 1)
        assert.ok(next)
        await mailbox.settle(next.id, { status })
      }
      assert.deepEqual(await mailbox.unfinishedPlaces(), [office])
    },
  },
  {
    name: 'what is put off is left out until its time, and that time can be asked for',
    async run({ mailbox }) {
      const putOff = (seq: number, nextAttemptAt: string) => ({ ...queued(seq), nextAttemptAt })
      const [early, at, late] = [
        '2999-01-01T00:00:00.000Z',
        '2999-01-02T00:00:00.000Z',
        '2999-01-03T00:00:00.000Z',
      ] as const
      await mailbox.take([putOff(1, late), putOff(3, at), queued(5), queued(7)])
      await mailbox.settle('out-00000007', { status: 'retrying', nextAttemptAt: late })
      const seqs = async (limit: number, now?: string) =>
        (await mailbox.unfinished(home, limit, now)).map(({ seq }) => seq)
      assert.deepEqual(await seqs(10), [1, 3, 5, 7])
      assert.deepEqual(await seqs(10, early), [5, 7])
      assert.deepEqual(await seqs(1, early), [5])
      assert.deepEqual(await seqs(10, at), [3, 5, 7])
      assert.equal(await mailbox.putOffUntil(home, early), at)
      assert.equal(await mailbox.putOffUntil(home, at), late)
      assert.equal(await mailbox.putOffUntil(home, late), null)
      assert.equal(await mailbox.putOffUntil(office, early), null)
    },
  },
  {
    name: 'parts are kept by number, what is left out of a change stays, and another process sees them',
    async run({ mailbox, again }) {
      await mailbox.take([queued(1), queued(3)])
      const id = 'out-00000001'
      assert.deepEqual(await mailbox.parts(id), [])
      await mailbox.settlePart(id, 1, { status: 'ambiguous' })
      await mailbox.settlePart(id, 0, { status: 'delivered', platformMessageId: 'p0' })
      await mailbox.settlePart(id, 1, { status: 'delivered', platformMessageId: 'p1' })
      await mailbox.settlePart(id, 0, { status: 'delivered' })
      assert.deepEqual(await (await again()).parts(id), [
        { part: 0, status: 'delivered', platformMessageId: 'p0' },
        { part: 1, status: 'delivered', platformMessageId: 'p1' },
      ])
      assert.deepEqual(await mailbox.parts('out-00000003'), [])
      assert.equal((await mailbox.delivery(id))?.status, 'queued')
      await rejectsWith('not-found', mailbox.settlePart('out-unknown0', 0, { status: 'delivered' }))
    },
  },
  {
    name: 'rows that name no place are found, too, under one empty place',
    async run({ mailbox }) {
      const none = { channelType: null, platformId: null, kind: 'system' }
      await mailbox.take([queued(1, none), queued(3, { ...none, channelType: '', platformId: '' })])
      const [place, ...more] = await mailbox.unfinishedPlaces()
      assert.deepEqual(place, { channelType: '', channelInstance: '', platformId: '' })
      assert.deepEqual(more, [])
      assert.deepEqual(
        (await mailbox.unfinished({ ...office, ...place }, 10)).map(({ seq }) => seq),
        [1, 3],
      )
    },
  },
  {
    name: 'settling changes what it names and nothing else',
    async run({ mailbox }) {
      await mailbox.take([queued(1)])
      const id = 'out-00000001'
      const retryAt = '2999-01-31T12:00:00.000Z'
      const retrying = await mailbox.settle(id, {
        status: 'retrying',
        attempts: 2,
        nextAttemptAt: retryAt,
        error: '429',
      })
      assert.deepEqual(
        [retrying.attempts, retrying.nextAttemptAt, retrying.error, retrying.deliveredAt],
        [2, retryAt, '429', null],
      )
      const sending = await mailbox.settle(id, { status: 'sending', nextAttemptAt: null })
      assert.deepEqual(sending, { ...retrying, status: 'sending', nextAttemptAt: null })
      const sent = await mailbox.settle(id, {
        status: 'delivered',
        platformMessageId: 'p',
        error: null,
      })
      assert.match(String(sent.deliveredAt), /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/)
      const { deliveredAt } = sent
      const wanted = { status: 'delivered', platformMessageId: 'p', error: null, deliveredAt }
      assert.deepEqual(sent, { ...sending, ...wanted })
      assert.deepEqual(await mailbox.delivery(id), sent)
      await rejectsWith('not-found', mailbox.settle('out-unknown0', { status: 'failed' }))
    },
  },
  {
    name: 'an end and the notice of it are one step',
    async run({ mailbox }) {
      await mailbox.take([queued(1)])
      const content = { type: 'delivery_failed', seq: 1, destination: 'x', reason: 'gone' }
      const notice = { kind: 'system' as const, content, origin: null, trigger: false }
      const wrong = { ...notice, content: { type: 'delivery_failed' } }
      const id = 'out-00000001'
      await rejectsWith('bad-content', mailbox.settle(id, { status: 'failed' }, [wrong]))
      assert.equal((await mailbox.delivery(id))?.status, 'queued')
      await rejectsWith('not-found', mailbox.settle('out-unknown0', { status: 'failed' }, [notice]))
      assert.deepEqual(await mailbox.pending(10), [])
      await mailbox.settle(id, { status: 'failed' }, [notice])
      const [row] = await mailbox.pending(10)
      assert.deepEqual([row?.kind, row?.origin, row?.trigger], ['system', null, false])
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
export const mailboxLedgerCases: readonly MailboxCase[] = [
  ...takeCases,
  ...settleCases,
  ...projectionCases,
]
