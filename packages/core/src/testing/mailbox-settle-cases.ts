import assert from 'node:assert/strict'
import type { DeliveryStatus } from '@nanoclaw/schema'
import { canBecome } from '../ledger/transitions.ts'
import { chat, delivers, home, office, queued, rejectsWith, said } from './mailbox-workbench.ts'
import type { MailboxCase } from './mailbox-workbench.ts'

/** How a row that begins as `queued` comes into each state. */
const waysTo: Readonly<Record<DeliveryStatus, readonly DeliveryStatus[]>> = {
  queued: [],
  sending: ['sending'],
  retrying: ['retrying'],
  delivered: ['sending', 'delivered'],
  failed: ['failed'],
  refused: ['refused'],
  ambiguous: ['sending', 'ambiguous'],
}

/** What a mailbox promises about what becomes of a delivery, and of its parts. */
export const mailboxSettleCases: readonly MailboxCase[] = [
  {
    name: 'unfinished deliveries are found by place, in order, until they end',
    async run({ mailbox }) {
      const place = { ...office, threadId: 't' }
      await mailbox.take([queued(1), queued(3, place), queued(5), queued(7), queued(9)])
      await delivers(mailbox, 'out-00000005')
      await mailbox.settle('out-00000007', { status: 'sending' })
      await mailbox.settle('out-00000007', { status: 'ambiguous', ambiguousCount: 1 })
      const seqs = async (limit: number) =>
        (await mailbox.unfinished(home, limit)).map(({ seq }) => seq)
      assert.deepEqual(await seqs(10), [1, 7, 9])
      assert.deepEqual(await seqs(2), [1, 7])
      assert.equal(await mailbox.undelivered(10), 4)
      const places = await mailbox.unfinishedPlaces()
      assert.deepEqual(
        places.map(({ platformId }) => platformId).toSorted(),
        [home.platformId, office.platformId].toSorted(),
      )
      await mailbox.settle('out-00000001', { status: 'refused' })
      await mailbox.settle('out-00000007', { status: 'delivered' })
      await mailbox.settle('out-00000009', { status: 'failed' })
      assert.deepEqual(await mailbox.unfinishedPlaces(), [office])
      assert.equal(await mailbox.undelivered(10), 1)
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
      assert.deepEqual(await seqs(1, late), [3], 'of more that is due, what was due first')
      assert.equal(await mailbox.undelivered(10), 4)
      assert.equal(await mailbox.undelivered(3), 3, 'counted up to the limit')
      assert.equal(await mailbox.putOffUntil(home, early), at)
      assert.equal(await mailbox.putOffUntil(home, at), late)
      assert.equal(await mailbox.putOffUntil(home, late), null)
      assert.equal(await mailbox.putOffUntil(office, early), null)
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
      const { firstSentAt, lastSentAt } = sending
      assert.ok(firstSentAt !== null && firstSentAt === lastSentAt)
      const announced = { status: 'sending', nextAttemptAt: null, firstSentAt, lastSentAt }
      assert.deepEqual(sending, { ...retrying, ...announced })
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
    name: 'every way that the table of transitions knows can be gone, and no other',
    async run({ mailbox }) {
      const statuses = Object.keys(waysTo) as DeliveryStatus[]
      let seq = 1
      for (const from of statuses) {
        for (const to of statuses) {
          await mailbox.take([queued(seq)])
          const { id } = said(seq)
          for (const status of waysTo[from]) await mailbox.settle(id, { status })
          const way = `${from} to ${to}`
          if (canBecome(from, to)) {
            assert.equal((await mailbox.settle(id, { status: to })).status, to, way)
          } else {
            await rejectsWith('bad-state', mailbox.settle(id, { status: to, error: way }))
            const found = await mailbox.delivery(id)
            assert.deepEqual([found?.status, found?.error], [from, null], way)
          }
          seq += 2
        }
      }
    },
  },
  {
    name: 'what a person is asked about takes no part in the order until it is sent again',
    async run({ mailbox }) {
      await mailbox.take([queued(1), queued(3)])
      const id = 'out-00000001'
      const [askedAt, nextAttemptAt] = ['2026-02-01T00:00:00.000Z', '2026-02-02T00:00:00.000Z']
      await mailbox.settle(id, { status: 'sending' })
      await mailbox.settle(id, { status: 'ambiguous', ambiguousCount: 1, nextAttemptAt })
      const seqs = async () => (await mailbox.unfinished(home, 10)).map(({ seq }) => seq)
      assert.deepEqual(await seqs(), [1, 3])
      await mailbox.settle(id, { status: 'ambiguous', askedAt, nextAttemptAt: null })
      assert.deepEqual(await seqs(), [3])
      assert.equal(await mailbox.putOffUntil(home, '2026-01-01T00:00:00.000Z'), null)
      await mailbox.settle('out-00000003', { status: 'failed' })
      assert.deepEqual(await mailbox.unfinishedPlaces(), [])
      const again = await mailbox.requeue(id)
      assert.deepEqual([again.status, again.askedAt], ['ambiguous', askedAt])
      assert.notEqual(again.nextAttemptAt, null)
      assert.deepEqual(await seqs(), [1])
      const sending = await mailbox.settle(id, { status: 'sending', nextAttemptAt: null })
      assert.deepEqual([sending.askedAt, sending.ambiguousCount], [null, 1])
    },
  },
  {
    name: 'a requeue begins anew what has failed, and leaves out the parts that have arrived',
    async run({ mailbox }) {
      await mailbox.take([queued(1), { row: said(3), status: 'refused', error: 'no' }, queued(5)])
      const id = 'out-00000001'
      await mailbox.settleParts(id, [
        { part: 0, status: 'sending', content: '"a"' },
        { part: 1, status: 'sending', content: '"b"' },
      ])
      await mailbox.settle(id, { status: 'sending', attempts: 3 })
      await mailbox.settleParts(id, [{ part: 0, status: 'delivered', platformMessageId: 'p0' }])
      await mailbox.settleParts(id, [{ part: 1, status: 'failed', attempts: 3, error: 'down' }])
      await rejectsWith('bad-state', mailbox.requeue(id))
      const nextAttemptAt = '2999-01-01T00:00:00.000Z'
      await mailbox.settle(id, { status: 'failed', attempts: 3, error: 'down', nextAttemptAt })
      const requeued = await mailbox.requeue(id)
      assert.deepEqual(
        [requeued.status, requeued.attempts, requeued.error, requeued.nextAttemptAt],
        ['queued', 0, null, null],
      )
      assert.deepEqual(await mailbox.delivery(id), requeued)
      assert.deepEqual(
        (await mailbox.parts(id)).map(({ status, platformMessageId, attempts, error }) => [
          ...[status, platformMessageId, attempts, error],
        ]),
        [
          ['delivered', 'p0', 0, null],
          ['queued', null, 0, null],
        ],
      )
      assert.equal((await mailbox.requeue('out-00000003')).status, 'queued')
      await rejectsWith('bad-state', mailbox.requeue(id))
      await delivers(mailbox, 'out-00000005')
      await rejectsWith('bad-state', mailbox.requeue('out-00000005'))
      await rejectsWith('not-found', mailbox.requeue('out-unknown0'))
    },
  },
  {
    name: 'deliveries are listed newest first, of the statuses that are asked for',
    async run({ mailbox }) {
      await mailbox.take([1, 3, 5, 7, 9].map((seq) => queued(seq)))
      await delivers(mailbox, 'out-00000001')
      await mailbox.settle('out-00000003', { status: 'failed' })
      await mailbox.settle('out-00000005', { status: 'sending' })
      await mailbox.settle('out-00000007', { status: 'refused' })
      const seqs = async (limit: number, ...statuses: DeliveryStatus[]) => {
        const filter = statuses.length === 0 ? { limit } : { limit, statuses }
        return (await mailbox.deliveries(filter)).map(({ seq }) => seq)
      }
      assert.deepEqual(await seqs(10), [9, 7, 5, 3, 1])
      assert.deepEqual(await seqs(2), [9, 7])
      assert.deepEqual(await seqs(10, 'failed', 'refused', 'ambiguous'), [7, 3])
      assert.deepEqual(await seqs(1, 'failed', 'refused'), [7])
      assert.deepEqual(await seqs(10, 'sending', 'delivered', 'sending'), [5, 1])
      assert.deepEqual(await seqs(10, 'queued', 'retrying'), [9])
      assert.deepEqual(await mailbox.deliveries({ limit: 10, statuses: [] }), [])
      const long = JSON.stringify({ text: 'x'.repeat(100_000) })
      await mailbox.take([queued(21, { content: long })])
      const [first] = await mailbox.deliveries({ limit: 1 })
      assert.equal(first?.content, long.slice(0, 2_000))
      assert.equal((await mailbox.delivery(first?.id ?? ''))?.content, long)
    },
  },
  {
    name: 'answers are found by the row they answer and by their turn',
    async run({ mailbox }) {
      const [row] = await mailbox.append([chat('a')])
      assert.ok(row)
      await mailbox.take([
        queued(5, { inReplyTo: row.id }),
        queued(7, { turnId: 'turn-00000001' }),
        queued(9, { inReplyTo: 'in-00000009', turnId: 'turn-00000009' }),
      ])
      const seqs = async (id: string, ...turns: string[]) =>
        (await mailbox.answers(id, turns)).map(({ seq }) => seq)
      assert.deepEqual(await seqs(row.id), [5])
      assert.deepEqual(await seqs(row.id, 'turn-00000001'), [5, 7])
      assert.deepEqual(await seqs('in-unknown0', 'turn-unknown0'), [])
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
      await rejectsWith(
        'bad-content',
        mailbox.settle(id, { status: 'failed' }, { notices: [wrong] }),
      )
      assert.equal((await mailbox.delivery(id))?.status, 'queued')
      await rejectsWith(
        'not-found',
        mailbox.settle('out-unknown0', { status: 'failed' }, { notices: [notice] }),
      )
      assert.deepEqual(await mailbox.pending(10), [])
      await mailbox.settle(id, { status: 'failed' }, { notices: [notice] })
      const [row] = await mailbox.pending(10)
      assert.deepEqual([row?.kind, row?.origin, row?.trigger], ['system', null, false])
    },
  },
]
