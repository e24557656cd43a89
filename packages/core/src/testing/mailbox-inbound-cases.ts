import assert from 'node:assert/strict'
import { longestContent } from '@nanoclaw/schema'
import { chat, home, rejectsWith, type MailboxCase } from './mailbox-workbench.ts'

const later = '2999-01-31T12:00:00.000Z'

const appendCases: readonly MailboxCase[] = [
  {
    name: 'an empty mailbox knows nothing',
    async run({ mailbox }) {
      assert.equal(await mailbox.cursor(), 0)
      assert.equal(await mailbox.largestSeq(), 0)
      assert.deepEqual(await mailbox.pending(10), [])
      assert.deepEqual(await mailbox.append([]), [])
    },
  },
  {
    name: 'rows get the next even numbers in the order given, and are there for whoever opens it',
    async run({ mailbox, again }) {
      const first = await mailbox.append([chat('a'), chat('b')])
      const second = await mailbox.append([chat('c', { processAfter: later, trigger: false })])
      const all = [...first, ...second]
      assert.deepEqual(
        all.map(({ outcome, seq }) => [outcome, seq]),
        [
          ['accepted', 2],
          ['accepted', 4],
          ['accepted', 6],
        ],
      )
      const other = await again()
      const pending = await other.pending(10)
      assert.deepEqual(
        pending.map(({ id }) => id),
        all.map(({ id }) => id),
      )
      assert.deepEqual(pending[2], {
        id: all[2]?.id,
        seq: 6,
        kind: 'chat',
        origin: home,
        processAfter: later,
        trigger: false,
        tries: 0,
      })
      assert.equal((await other.pending(2)).length, 2)
      assert.deepEqual(
        (await other.wanting(10)).map(({ seq }) => seq),
        [2, 4],
      )
      assert.equal((await other.wanting(1)).length, 1)
    },
  },
  {
    name: 'two who append at once never share a number',
    async run({ mailbox, again }) {
      const other = await again()
      const seqs: number[] = []
      for (let round = 0; round < 10; round += 1) {
        for (const each of [mailbox, other]) {
          for (const { seq } of await each.append([chat('x')])) seqs.push(seq)
        }
      }
      assert.deepEqual(
        seqs,
        seqs.map((_, index) => 2 * (index + 1)),
      )
    },
  },
  {
    name: '[L4] one key makes one row: the second append names the first row, in one call too',
    async run({ mailbox, again }) {
      const [first] = await mailbox.append([chat('a', { dedupeKey: 'k' })])
      assert.ok(first)
      const repeated = await (
        await again()
      ).append([
        chat('a', { dedupeKey: 'k' }),
        chat('b', { dedupeKey: 'l' }),
        chat('b', { dedupeKey: 'l' }),
        chat('no key'),
        chat('no key'),
      ])
      assert.deepEqual(repeated[0], { ...first, outcome: 'duplicate' })
      assert.deepEqual(repeated[2], { ...repeated[1], outcome: 'duplicate' })
      assert.deepEqual(
        (await mailbox.pending(10)).map(({ seq }) => seq),
        [2, 4, 6, 8],
      )
    },
  },
  {
    name: 'content that is not of its kind is refused, and nothing of the call is written',
    async run({ mailbox }) {
      const bad = [{ text: 1 }, undefined, null, 'text', { sender: 'Ann' }, { big: 1n }]
      for (const content of bad) {
        await rejectsWith('bad-content', mailbox.append([chat('good'), chat('', { content })]))
      }
      await rejectsWith('bad-option', mailbox.append([chat('x', { processAfter: 'tomorrow' })]))
      await rejectsWith('bad-option', mailbox.append([chat('x', { hops: -1 })]))
      await rejectsWith('bad-option', mailbox.append([chat('x', { id: 'out-00000001' })]))
      assert.deepEqual(await mailbox.pending(10), [])
    },
  },
  {
    name: 'content is taken up to 1 MiB as JSON, counted in bytes, and refused beyond',
    async run({ mailbox }) {
      const bare = Buffer.byteLength(JSON.stringify(chat('').content))
      const filled = (bytes: number) => chat(`ü${'x'.repeat(bytes - bare - 2)}`)
      await mailbox.append([filled(longestContent - 1), filled(longestContent)])
      await rejectsWith('bad-content', mailbox.append([chat('x'), filled(longestContent + 1)]))
      assert.equal((await mailbox.pending(10)).length, 2)
    },
  },
  {
    name: 'a row has the id that its files lie under, if it is given one',
    async run({ mailbox }) {
      const id = 'in-0198c0de-7413-77c9-912d-6ba925652daf'
      const [row] = await mailbox.append([chat('x', { id, dedupeKey: 'k' })])
      const [again] = await mailbox.append([
        chat('x', { id: `${id.slice(0, -1)}0`, dedupeKey: 'k' }),
      ])
      assert.equal(row?.id, id)
      assert.deepEqual(again, { ...row, outcome: 'duplicate' })
    },
  },
]

const endCases: readonly MailboxCase[] = [
  {
    name: '[L10] ends are copied as they were reported, and an end stays',
    async run({ mailbox }) {
      const [a, b, c] = await mailbox.append([chat('a'), chat('b'), chat('c')])
      assert.ok(a && b && c)
      const turn = { turnId: 'turn-00000001', epoch: 1, claims: 1, claimedAt: null, error: null }
      const { ended } = await mailbox.take([], {
        acks: [
          { messageId: a.id, status: 'completed', ...turn },
          { messageId: b.id, status: 'failed', ...turn, error: 'no model' },
          { messageId: c.id, status: 'processing', ...turn },
          { messageId: 'in-unknown0', status: 'completed', ...turn },
        ],
      })
      assert.deepEqual(
        ended.map(({ id }) => id),
        [a.id, b.id],
      )
      const late = await mailbox.take([], {
        acks: [{ messageId: b.id, status: 'completed', ...turn }],
      })
      assert.deepEqual(late.ended, [])
      assert.deepEqual(
        (await mailbox.pending(10)).map(({ id }) => id),
        [c.id],
      )
    },
  },
  {
    name: 'rows can be ended without a report, and tries are counted',
    async run({ mailbox }) {
      const [a, b] = await mailbox.append([chat('a'), chat('b')])
      assert.ok(a && b)
      await mailbox.countTry([a.id, b.id])
      await mailbox.countTry([b.id, 'in-unknown0'])
      assert.deepEqual(
        (await mailbox.pending(10)).map(({ tries }) => tries),
        [1, 2],
      )
      await mailbox.end([a.id, b.id, 'in-unknown0'], 'failed')
      assert.deepEqual(await mailbox.pending(10), [])
      const repeated = await mailbox.append([chat('c')])
      assert.equal(repeated[0]?.seq, 6)
    },
  },
  {
    name: 'after close everything says so, and closing again does nothing',
    async run({ mailbox }) {
      await mailbox.close()
      await mailbox.close()
      await rejectsWith('closed', mailbox.append([chat('a')]))
      await rejectsWith('closed', mailbox.cursor())
      await rejectsWith('closed', mailbox.pending(1))
    },
  },
]

/** What a mailbox promises about rows for the agent. */
export const mailboxInboundCases: readonly MailboxCase[] = [...appendCases, ...endCases]
