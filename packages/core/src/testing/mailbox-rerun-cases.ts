import assert from 'node:assert/strict'
import { chat, home, rejectsWith, type MailboxCase } from './mailbox-workbench.ts'

const seqsOf = (rows: readonly { readonly seq: number }[]) => rows.map(({ seq }) => seq)

/** What a mailbox promises about rows that a person decides on. */
export const mailboxRerunCases: readonly MailboxCase[] = [
  {
    name: 'a row is found by its id, whatever has become of it',
    async run({ mailbox, again }) {
      const [row] = await mailbox.append([chat('a', { platformMessageId: 'p1' })])
      assert.ok(row)
      await mailbox.countTry([row.id])
      await mailbox.end([row.id], 'failed')
      const found = await (await again()).inbound(row.id)
      assert.match(String(found?.timestamp), /^\d{4}-.*Z$/)
      assert.deepEqual(found, {
        ...{ id: row.id, seq: 2, kind: 'chat', status: 'failed', timestamp: found?.timestamp },
        ...{ origin: home, processAfter: null, trigger: true, tries: 1, platformMessageId: 'p1' },
        ...{ sourceSessionId: null, hops: 0, senderId: 'ann' },
      })
      assert.equal(await mailbox.inbound('in-unknown0'), undefined)
    },
  },
  {
    name: 'a row that waits for a person’s word is not pending, and can be ended',
    async run({ mailbox }) {
      const [a, b, ended] = await mailbox.append([chat('a'), chat('b'), chat('c')])
      assert.ok(a && b && ended)
      await mailbox.end([ended.id], 'completed')
      const paused = await mailbox.pause([a.id, ended.id, 'in-unknown0'], 1)
      assert.deepEqual(seqsOf(paused), [a.seq])
      assert.deepEqual(await mailbox.pause([a.id], 1), [])
      assert.deepEqual(seqsOf(await mailbox.pending(10)), [b.seq])
      assert.deepEqual(seqsOf(await mailbox.wanting(10)), [b.seq])
      assert.deepEqual(await mailbox.paused(10), paused)
      assert.deepEqual(await mailbox.paused(0), [])
      await mailbox.end([a.id], 'failed')
      assert.equal((await mailbox.inbound(a.id))?.status, 'failed')
      assert.deepEqual(await mailbox.paused(10), [])
    },
  },
  {
    name: 'a paused row runs again under its id, with its tries',
    async run({ mailbox }) {
      const [row] = await mailbox.append([chat('a')])
      assert.ok(row)
      await mailbox.countTry([row.id])
      await mailbox.pause([row.id], 1)
      assert.deepEqual(await mailbox.rerun(row.id), { outcome: 'pending', id: row.id, seq: 2 })
      const [pending] = await mailbox.pending(10)
      assert.deepEqual([pending?.id, pending?.tries], [row.id, 1])
      await rejectsWith('bad-state', mailbox.rerun(row.id))
    },
  },
  {
    name: 'of which starts of containers a person has been asked is known with the rows',
    async run({ mailbox, again }) {
      assert.equal(await mailbox.askedEpoch(), 0)
      const [row] = await mailbox.append([chat('a')])
      assert.ok(row)
      await mailbox.pause([row.id], 3)
      await mailbox.rerun(row.id)
      await mailbox.pause([], 2)
      assert.equal(await (await again()).askedEpoch(), 3)
    },
  },
  {
    name: 'with a paused row runs what was paused of its turn: its origin’s, and what has none',
    async run({ mailbox }) {
      const elsewhere = { ...home, platformId: 'elsewhere' }
      const rows = await mailbox.append([
        ...[chat('a'), chat('b'), chat('context', { origin: null, trigger: false })],
        ...[chat('c', { origin: elsewhere }), chat('d', { origin: elsewhere, trigger: false })],
      ])
      await mailbox.pause(
        rows.map(({ id }) => id),
        1,
      )
      const rerun = await mailbox.rerun(rows[1]?.id ?? '')
      assert.deepEqual([rerun.outcome, rerun.seq], ['pending', 4])
      assert.deepEqual(seqsOf(await mailbox.pending(10)), [2, 4, 6])
      assert.deepEqual(seqsOf(await mailbox.paused(10)), [8, 10])
    },
  },
  {
    name: 'of a row that has failed a copy is appended, once; the row keeps its end and its key',
    async run({ mailbox }) {
      const later = { dedupeKey: 'k', platformMessageId: 'p1' }
      const [row] = await mailbox.append([chat('a', later)])
      assert.ok(row)
      await mailbox.countTry([row.id])
      await mailbox.end([row.id], 'failed')
      const copy = await mailbox.rerun(row.id)
      assert.deepEqual([copy.outcome, copy.seq], ['appended', 4])
      const [pending, ...more] = await mailbox.wanting(10)
      assert.deepEqual(more, [])
      assert.deepEqual(
        [pending?.id, pending?.origin, pending?.tries, pending?.trigger],
        [copy.id, home, 0, true],
      )
      assert.equal((await mailbox.inbound(copy.id))?.platformMessageId, 'p1')
      const [known] = await mailbox.append([chat('a', later)])
      assert.deepEqual(known, { outcome: 'duplicate', id: row.id, seq: 2 })
      assert.deepEqual(await mailbox.rerun(row.id), copy)
      await mailbox.end([copy.id], 'completed')
      assert.deepEqual(await mailbox.rerun(row.id), copy)
      await rejectsWith('bad-state', mailbox.rerun(copy.id))
      await rejectsWith('not-found', mailbox.rerun('in-unknown0'))
    },
  },
  {
    name: 'a copy that has failed runs again by its own id, and what only went along not at all',
    async run({ mailbox }) {
      const [row, along] = await mailbox.append([chat('a'), chat('b', { trigger: false })])
      assert.ok(row && along)
      await mailbox.end([row.id, along.id], 'failed')
      const copy = await mailbox.rerun(row.id)
      await mailbox.end([copy.id], 'failed')
      await rejectsWith('bad-state', mailbox.rerun(row.id))
      assert.equal((await mailbox.rerun(copy.id)).outcome, 'appended')
      await rejectsWith('bad-state', mailbox.rerun(along.id))
    },
  },
]
