import assert from 'node:assert/strict'
import type { Delivery } from '../ledger/types.ts'
import { ackOf, chat, delivers, home, office, queued, rejectsWith } from './mailbox-workbench.ts'
import { said, type MailboxCase } from './mailbox-workbench.ts'

const words = { unanswered: 'not now', recovered: 'again' }
const elsewhere = { ...office, threadId: 't' }

/** What was said, and where, as one text each. */
function heard(deliveries: readonly Delivery[]): string[] {
  return deliveries.map(({ content, platformId }) => `${platformId}: ${content}`)
}

const unanswered = `home: {"text":"not now"}`
const recovered = `home: {"text":"again"}`

/** What a mailbox promises about the host's own messages in chats. */
export const mailboxChatCases: readonly MailboxCase[] = [
  {
    name: 'a row that fails is told of in its chat in the same step, as a message of the host’s own',
    async run({ mailbox, again }) {
      const [row] = await mailbox.append([chat('a')])
      assert.ok(row)
      const taken = await mailbox.take([queued(3)], {
        acks: [ackOf(row.id, 'failed')],
        notices: [chat('b', { origin: null })],
        chat: words,
      })
      assert.deepEqual(heard(taken.said), [unanswered])
      const [own] = taken.said
      assert.ok(own)
      assert.deepEqual(
        [own.kind, own.status, own.seq, own.inReplyTo, own.writtenAt, own.threadId],
        ['chat', 'queued', 6, row.id, null, null],
      )
      const other = await again()
      assert.deepEqual(await other.delivery(own.id), own)
      assert.deepEqual(
        (await other.unfinished(home, 10)).map(({ seq }) => seq),
        [3, 6],
      )
      assert.deepEqual(await mailbox.answers(row.id, []), [own])
      await delivers(mailbox, own.id)
      assert.equal((await mailbox.append([chat('c')]))[0]?.seq, 8)
      assert.equal(await mailbox.cursor(), 3)
      await mailbox.take([queued(5)])
    },
  },
  {
    name: 'a trouble is told of once in each chat, and once that it is over',
    async run({ mailbox }) {
      const end = async (status: 'completed' | 'failed', origin = { ...home }) => {
        const [row] = await mailbox.append([chat('x', { origin })])
        return heard(await mailbox.end([row?.id ?? ''], status, words))
      }
      assert.deepEqual(await end('completed'), [])
      assert.deepEqual(await end('failed'), [unanswered])
      assert.deepEqual(await end('failed'), [])
      assert.deepEqual(await end('failed', { ...home, threadId: 't' }), [unanswered])
      assert.deepEqual(await end('completed', elsewhere), [])
      assert.deepEqual(await end('completed'), [recovered])
      assert.deepEqual(await end('completed'), [])
      assert.deepEqual(await end('failed'), [unanswered])
      assert.deepEqual(await end('completed', { ...home, threadId: 't' }), [recovered])
    },
  },
  {
    name: 'rows of one chat that end in one step are told of once, in the order of their numbers',
    async run({ mailbox }) {
      const rows = await mailbox.append([chat('a'), chat('b'), chat('c')])
      const [a, b, c] = rows.map(({ id }) => id)
      assert.ok(a && b && c)
      const acks = [ackOf(c, 'completed'), ackOf(b, 'failed'), ackOf(a, 'failed')]
      const { said: own } = await mailbox.take([], { acks, chat: words })
      assert.deepEqual(heard(own), [unanswered, recovered])
      assert.deepEqual(
        own.map(({ inReplyTo }) => inReplyTo),
        [a, c],
      )
      assert.deepEqual((await mailbox.take([], { acks, chat: words })).said, [])
      assert.deepEqual(await mailbox.end([a, b, c], 'failed', words), [])
    },
  },
  {
    name: 'nothing is said without words, of rows from no place, or to agents',
    async run({ mailbox }) {
      const mail = { ...home, channelType: 'agent', platformId: 'ag-00000002' }
      const rows = await mailbox.append([
        chat('a'),
        chat('b', { origin: null }),
        chat('c', { origin: mail }),
      ])
      const [a, b, c] = rows.map(({ id }) => id)
      assert.ok(a && b && c)
      assert.deepEqual(await mailbox.end([a], 'failed'), [])
      assert.deepEqual(await mailbox.end([b, c], 'failed', words), [])
      assert.deepEqual(await mailbox.tellUnanswered([mail], 'not now'), [])
      assert.deepEqual(await mailbox.unfinishedPlaces(), [])
    },
  },
  {
    name: 'what cannot be answered at all is told of once, with the mark that a row’s end has',
    async run({ mailbox, again }) {
      const first = await mailbox.tellUnanswered([home, elsewhere, home], 'not now')
      assert.deepEqual(heard(first), [unanswered, `office: {"text":"not now"}`])
      const other = await again()
      assert.deepEqual(await other.tellUnanswered([home], 'not now'), [])
      const [a, b] = await mailbox.append([chat('a'), chat('b')])
      assert.ok(a && b)
      assert.deepEqual(await mailbox.end([a.id], 'failed', words), [])
      const { said: own } = await mailbox.take([], {
        acks: [ackOf(b.id, 'completed')],
        chat: words,
      })
      assert.deepEqual(heard(own), [recovered])
      assert.equal((await other.tellUnanswered([home], 'not now')).length, 1)
    },
  },
  {
    name: 'a step that fails has said nothing, and marks nothing',
    async run({ mailbox }) {
      const [row] = await mailbox.append([chat('a')])
      assert.ok(row)
      const acks = [ackOf(row.id, 'failed')]
      await rejectsWith('bad-content', mailbox.take([queued(3), queued(2)], { acks, chat: words }))
      assert.deepEqual(await mailbox.unfinishedPlaces(), [])
      assert.deepEqual(heard((await mailbox.take([], { acks, chat: words })).said), [unanswered])
    },
  },
  {
    name: 'no row of a container passes for a message of the host’s own',
    async run({ mailbox }) {
      const [own] = await mailbox.tellUnanswered([home], 'not now')
      assert.ok(own)
      const { id, seq } = own
      await rejectsWith('bad-content', mailbox.take([queued(seq, { id })]))
      await rejectsWith('bad-content', mailbox.take([queued(seq)]))
      const { deliveries, repeated } = await mailbox.take([queued(seq + 1, { id })])
      assert.deepEqual([deliveries, repeated], [[], [id]])
      assert.deepEqual(await mailbox.delivery(id), own)
      assert.equal(said(seq + 1).seq, await mailbox.cursor())
    },
  },
]
