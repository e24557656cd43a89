import assert from 'node:assert/strict'
import type { Origin } from '@nanoclaw/schema'
import type { Delivery } from '../ledger/types.ts'
import { ackOf, chat, delivers, home, office, queued, rejectsWith } from './mailbox-workbench.ts'
import { said, type MailboxCase } from './mailbox-workbench.ts'

const words = { unanswered: 'not now', waiting: 'later', recovered: 'again' }
const elsewhere = { ...office, threadId: 't' }

/** What was said, and where, as one text each. */
function heard(deliveries: readonly Delivery[]): string[] {
  return deliveries.map(({ content, platformId }) => `${platformId}: ${content}`)
}

const unanswered = `home: {"text":"not now"}`
const waiting = `home: {"text":"later"}`
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
      assert.deepEqual(await end('completed', { ...home, threadId: 't' }), [recovered])
    },
  },
  {
    name: 'a thousand rows of which each second one fails make three messages, over restarts too',
    async run({ mailbox, again }) {
      const end = async (to: typeof mailbox) => {
        const rows = await to.append(Array.from({ length: 500 }, () => chat('x')))
        const acks = rows.map(({ id }, at) => ackOf(id, at % 2 === 0 ? 'failed' : 'completed'))
        return heard((await to.take([], { acks, chat: words })).said)
      }
      assert.deepEqual(await end(mailbox), [unanswered, recovered, unanswered])
      assert.deepEqual(await end(await again()), [])
    },
  },
  {
    name: 'a notice that does not go out has told nobody: the next failure says it, and no recovery',
    async run({ mailbox, again }) {
      const rows = await mailbox.append(['a', 'b', 'c', 'd', 'e'].map((text) => chat(text)))
      const end = async (at: number, status: 'completed' | 'failed') =>
        mailbox.end([rows[at]?.id ?? ''], status, words)
      for (const [at, status] of (['failed', 'refused'] as const).entries()) {
        const [own] = await end(at, 'failed')
        assert.deepEqual(heard(own === undefined ? [] : [own]), [unanswered])
        await mailbox.settle(own?.id ?? '', { status, error: 'gone' })
      }
      assert.deepEqual(await end(2, 'completed'), [])
      const [third] = await (await again()).end([rows[3]?.id ?? ''], 'failed', words)
      assert.ok(third)
      await delivers(mailbox, third.id)
      const [over] = await end(4, 'completed')
      assert.deepEqual(heard(over === undefined ? [] : [over]), [recovered])
    },
  },
  {
    name: 'mere context is told of neither when it fails nor as an answer',
    async run({ mailbox }) {
      const [a, b, c] = await mailbox.append([
        chat('a', { trigger: false }),
        chat('b'),
        chat('c', { trigger: false }),
      ])
      assert.ok(a && b && c)
      assert.deepEqual(await mailbox.end([a.id], 'failed', words), [])
      assert.deepEqual(heard(await mailbox.end([b.id], 'failed', words)), [unanswered])
      assert.deepEqual(await mailbox.end([c.id], 'completed', words), [])
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
      assert.deepEqual(await mailbox.tellUnanswered([mail], words.waiting), [])
      assert.deepEqual(await mailbox.unfinishedPlaces(), [])
    },
  },
  {
    name: 'who waits is told once, then of what is not answered after all, and that it is over',
    async run({ mailbox, again }) {
      const first = await mailbox.tellUnanswered([home, elsewhere, home], words.waiting)
      assert.deepEqual(heard(first), [waiting, `office: {"text":"later"}`])
      const other = await again()
      assert.deepEqual(await other.tellUnanswered([home], words.waiting), [])
      const [a, b, c] = await mailbox.append([chat('a'), chat('b'), chat('c')])
      assert.ok(a && b && c)
      assert.deepEqual(heard(await mailbox.end([a.id], 'failed', words)), [unanswered])
      assert.deepEqual(await mailbox.end([b.id], 'failed', words), [])
      assert.deepEqual(await other.tellUnanswered([home], words.waiting), [])
      const acks = [ackOf(c.id, 'completed')]
      assert.deepEqual(heard((await mailbox.take([], { acks, chat: words })).said), [recovered])
      assert.equal((await other.tellUnanswered([home], words.waiting)).length, 1)
    },
  },
  {
    name: 'of many threads that wait five are told in themselves, the others once in their chat',
    async run({ mailbox }) {
      const origins = Array.from({ length: 500 }, (_, n) => ({ ...home, threadId: `t${n}` }))
      const tell = async (to: readonly Origin[] = origins) => {
        const own = await mailbox.tellUnanswered(to, words.waiting)
        return own.map(({ threadId }) => threadId)
      }
      const answer = async (n: number) => {
        const [row] = await mailbox.append([chat('x', { origin: origins[n] ?? home })])
        const own = await mailbox.end([row?.id ?? ''], 'completed', words)
        return own.map(({ threadId, inReplyTo }) => [threadId, inReplyTo === row?.id])
      }
      assert.deepEqual(await tell(origins.slice(0, 2)), ['t0', 't1'])
      assert.deepEqual(await tell(), ['t2', 't3', 't4', null])
      assert.deepEqual(await tell(), [])
      assert.deepEqual(await tell(origins.slice(400)), [])
      assert.deepEqual(await tell([home]), [])
      assert.deepEqual(await tell([{ ...elsewhere, threadId: 't0' }]), ['t0'])
      assert.deepEqual(await answer(1), [['t1', true]])
      assert.deepEqual(await answer(300), [[null, true]])
      assert.deepEqual(await answer(400), [])
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
      const [own] = await mailbox.tellUnanswered([home], words.waiting)
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
  {
    name: 'what the host answers to somebody is said once, with the rows that follow from it',
    async run({ mailbox, again }) {
      const words = { id: 'out-aaaaaaaa', text: 'Done.', origin: { ...home, threadId: 't' } }
      const row = chat('x', { origin: null, dedupeKey: 'one' })
      const done = await mailbox.say(words, [row])
      const [own] = done.said
      assert.deepEqual(
        [done.outcome, done.appended.map(({ seq }) => seq), own?.seq, own?.inReplyTo],
        ['accepted', [2], 4, done.appended[0]?.id],
      )
      assert.deepEqual([own?.id, own?.threadId, own?.content], [words.id, 't', '{"text":"Done."}'])
      const other = await again()
      for (const each of [mailbox, other]) {
        const repeated = await each.say({ ...words, text: 'Done again.' }, [chat('y')])
        assert.deepEqual(repeated, { outcome: 'duplicate', appended: [], said: [] })
      }
      assert.deepEqual(
        (await other.pending(10)).map(({ id }) => id),
        done.appended.map(({ id }) => id),
      )
      assert.deepEqual(await other.unfinished(home, 10), [own])
      assert.equal((await mailbox.say({ ...words, id: 'out-bbbbbbbb' })).said[0]?.inReplyTo, null)
    },
  },
  {
    name: 'a container that has taken the id of an answer does not silence the host',
    async run({ mailbox }) {
      await mailbox.take([queued(3)])
      const words = { id: said(3).id, text: 'Done.', origin: home }
      const { outcome, said: made } = await mailbox.say(words, [chat('x')])
      assert.deepEqual([outcome, made.length], ['accepted', 1])
      assert.notEqual(made[0]?.id, said(3).id)
    },
  },
]
