import assert from 'node:assert/strict'
import type { Mailbox } from '../mailbox/mailbox.ts'
import type { PruneRequest, Removed } from '../retention/types.ts'
import { chat, delivers, queued, rejectsWith, said } from './mailbox-workbench.ts'
import type { MailboxCase } from './mailbox-workbench.ts'

/** Everything is older, or nothing is. */
const later = '9999-01-01T00:00:00.000Z'
const earlier = '1970-01-01T00:00:00.000Z'
const most = 1_000

async function prune(mailbox: Mailbox, before = later, limit = most): Promise<Removed> {
  const { inboundIds, deliveryIds, throughEvent } = await mailbox.prunable(before, limit)
  return mailbox.prune({ inboundIds, deliveryIds, throughEvent, before })
}

async function answered(mailbox: Mailbox, seq: number): Promise<string> {
  const [row] = await mailbox.append([chat(`question ${seq}`, { dedupeKey: `k${seq}` })])
  const id = row?.id ?? ''
  await mailbox.take([queued(seq, { inReplyTo: id })])
  await mailbox.end([id], 'completed')
  await delivers(mailbox, said(seq).id)
  return id
}

/** Pruning: what has ended goes, whatever stands before it, and nothing else does. */
export const mailboxRetentionCases: readonly MailboxCase[] = [
  {
    name: 'what has ended is pruned with its parts and events; numbers go on above it',
    async run({ mailbox }) {
      const id = await answered(mailbox, 3)
      await mailbox.settleParts(said(3).id, [
        { part: 0, status: 'queued', content: '{}' },
        { part: 1, status: 'queued', content: '{}' },
      ])
      const { rows, oldestAt, isMore } = await mailbox.prunable(later, most)
      const tables = rows.map(({ table }) => table).toSorted()
      assert.deepEqual(
        new Set(tables),
        new Set(['delivered', 'delivered_parts', 'events', 'messages_in']),
      )
      assert.equal(tables.filter((table) => table === 'delivered_parts').length, 2)
      assert.deepEqual([oldestAt, isMore], [null, false])
      assert.ok(JSON.stringify(rows).includes('question 3'))

      assert.deepEqual(await prune(mailbox), { inbound: 1, deliveries: 1, events: 5 })
      assert.equal(await mailbox.inbound(id), undefined)
      assert.equal(await mailbox.delivery(said(3).id), undefined)
      assert.deepEqual(await mailbox.parts(said(3).id), [])
      assert.deepEqual(await mailbox.events(0, most), [])
      assert.equal(await mailbox.largestSeq(), 3)
      const [next] = await mailbox.append([chat('again', { dedupeKey: 'k3' })])
      assert.deepEqual(
        [next?.outcome, next?.seq],
        ['accepted', 4],
        'its key is gone, its number is not',
      )
    },
  },
  {
    name: 'numbers go on above the largest inbound row, too, when that has been pruned',
    async run({ mailbox }) {
      const rows = await mailbox.append([chat('a'), chat('b')])
      await mailbox.end(
        rows.map(({ id }) => id),
        'completed',
      )
      await prune(mailbox)
      const [next] = await mailbox.append([chat('c')])
      assert.equal(next?.seq, 6)
    },
  },
  {
    name: 'what is too young stays, and the first that does is named',
    async run({ mailbox }) {
      await answered(mailbox, 3)
      const found = await mailbox.prunable(earlier, most)
      const [first] = await mailbox.events(0, 1)
      assert.deepEqual([found.rows, found.throughEvent, found.oldestAt], [[], 0, first?.at])
      assert.deepEqual(await prune(mailbox, earlier), { inbound: 0, deliveries: 0, events: 0 })
      assert.equal((await mailbox.events(0, most)).length, 5)
    },
  },
  {
    name: 'what has not ended stays, holds up nothing behind it, and goes when it has ended',
    async run({ mailbox }) {
      const [waits, paused] = await mailbox.append([chat('waits'), chat('paused')])
      await mailbox.pause([paused?.id ?? ''], 1)
      await mailbox.take([queued(3)])
      const ended = await answered(mailbox, 5)
      await prune(mailbox)
      assert.equal(await mailbox.inbound(ended), undefined)
      assert.equal((await mailbox.inbound(paused?.id ?? ''))?.status, 'paused')
      assert.equal((await mailbox.delivery(said(3).id))?.status, 'queued')

      await delivers(mailbox, said(3).id)
      await mailbox.end([waits?.id ?? '', paused?.id ?? ''], 'failed')
      assert.deepEqual(await prune(mailbox), { inbound: 2, deliveries: 1, events: 3 })
    },
  },
  {
    name: 'bites go from the oldest on, each of at most so many events',
    async run({ mailbox }) {
      for (const seq of [3, 5, 7]) await answered(mailbox, seq)
      const first = await mailbox.prunable(later, 4)
      assert.equal(first.isMore, true)
      assert.deepEqual(
        first.rows.filter(({ table }) => table === 'messages_in').map(({ row }) => row.seq),
        [2],
      )
      let left = most
      for (let bites = 0; left > 0 && bites < 10; bites += 1) {
        const { events } = await prune(mailbox, later, 4)
        left = events
      }
      assert.deepEqual(await mailbox.deliveries({ limit: most }), [])
      assert.deepEqual(await mailbox.events(0, most), [])
    },
  },
  {
    name: 'what a person has had sent again since it was looked at stays',
    async run({ mailbox }) {
      await mailbox.take([{ ...queued(3), status: 'failed', error: 'gone' }])
      const bite = await mailbox.prunable(later, most)
      await mailbox.requeue(said(3).id)
      const request: PruneRequest = { ...bite, before: later, archived: undefined }
      assert.equal((await mailbox.prune(request)).deliveries, 0)
      assert.equal((await mailbox.delivery(said(3).id))?.status, 'queued')
      await delivers(mailbox, said(3).id)
      assert.equal((await prune(mailbox)).deliveries, 1)
    },
  },
  {
    name: 'where its archive ends is kept with what was pruned',
    async run({ mailbox, again }) {
      await answered(mailbox, 3)
      const bite = await mailbox.prunable(later, most)
      assert.equal(bite.archived, null)
      const archived = { file: '2026-01.jsonl.gz', bytes: 17 }
      await mailbox.prune({ ...bite, before: later, archived })
      const other = await again()
      assert.deepEqual((await other.prunable(later, most)).archived, archived)
      await other.close()
      await rejectsWith('closed', other.prunable(later, most))
      await rejectsWith('closed', other.prune({ ...bite, before: later, archived: undefined }))
    },
  },
]
