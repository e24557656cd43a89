import assert from 'node:assert/strict'
import type { Mailbox } from '../mailbox/mailbox.ts'
import { chat, home, queued, rejectsWith, said } from './mailbox-workbench.ts'
import type { MailboxCase } from './mailbox-workbench.ts'

const most = 1_000

/** What happened, in a word each. */
async function told(mailbox: Mailbox): Promise<string[]> {
  const events = await mailbox.events(0, most)
  return events.map((event) => {
    switch (event.type) {
      case 'accepted':
        return `accepted ${event.seq}`
      case 'delivery':
        return `${event.seq} ${event.status}`
      case 'turn':
        return `${event.status} ${event.rows.map(({ seq }) => seq).join(' ')}`
      default:
        return event satisfies never
    }
  })
}

const { threadId, ...place } = home

/** Events: each is there with what it tells of, once, and in the order of the commits. */
export const mailboxEventCases: readonly MailboxCase[] = [
  {
    name: 'each change is told once, in order, to whoever opens the mailbox',
    async run({ mailbox, again }) {
      const [first] = await mailbox.append([chat('a', { dedupeKey: 'k' }), chat('b')])
      await mailbox.append([chat('a', { dedupeKey: 'k' })])
      await mailbox.take([queued(5)], { notices: [chat('c')] })
      await mailbox.take([queued(5)])
      await mailbox.settle(said(5).id, { status: 'sending' })
      await mailbox.settle(said(5).id, { status: 'delivered', platformMessageId: 'p1' })
      await mailbox.end([first?.id ?? ''], 'failed')
      await mailbox.end([first?.id ?? ''], 'completed')
      const expected = ['accepted 2', 'accepted 4', '5 queued', 'accepted 6']
      expected.push('5 sending', '5 delivered', 'failed 2')
      assert.deepEqual(await told(mailbox), expected)
      const other = await again()
      assert.deepEqual(await other.events(0, most), await mailbox.events(0, most))
    },
  },
  {
    name: 'an event says what it is about, and no message',
    async run({ mailbox }) {
      const [row] = await mailbox.append([chat('a secret')])
      await mailbox.take([queued(5)])
      const change = { status: 'retrying', error: 'down' } as const
      await mailbox.settle(said(5).id, change)
      const [accepted, taken, retried] = await mailbox.events(0, most)
      const id = row?.id
      assert.deepEqual(
        { ...accepted, stamp: 0, at: '' },
        { type: 'accepted', id, seq: 2, kind: 'chat', origin: home, stamp: 0, at: '' },
      )
      const delivery = { type: 'delivery', id: said(5).id, seq: 5, place, threadId }
      assert.deepEqual(
        { ...taken, stamp: 0, at: '' },
        {
          ...delivery,
          ...{ status: 'queued', error: null, platformMessageId: null, stamp: 0, at: '' },
        },
      )
      assert.deepEqual(
        { ...retried, stamp: 0, at: '' },
        { ...delivery, ...change, platformMessageId: null, stamp: 0, at: '' },
      )
      assert.equal(JSON.stringify([accepted, taken]).includes('secret'), false)
    },
  },
  {
    name: 'rows that a turn ended are told together, failed ones apart, with its error',
    async run({ mailbox }) {
      const rows = await mailbox.append([chat('a'), chat('b'), chat('c'), chat('d')])
      const ack = (
        index: number,
        status: 'completed' | 'failed' | 'processing',
        turnId: string,
      ) => ({
        ...{
          messageId: rows[index]?.id ?? '',
          status,
          turnId,
          epoch: 1,
          claims: 1,
          claimedAt: null,
        },
        error: status === 'failed' ? 'no model' : null,
      })
      const acks = [ack(1, 'completed', 't1'), ack(0, 'completed', 't1'), ack(2, 'failed', 't2')]
      await mailbox.take([], { acks: [...acks, ack(3, 'processing', 't3')] })
      const turns = (await mailbox.events(0, most)).filter((event) => event.type === 'turn')
      assert.deepEqual(
        turns.map(({ status, turnId, error, rows: ended }) => [
          ...[status, turnId, error],
          ended.map(({ id, seq }) => `${id} ${seq}`),
        ]),
        [
          ['completed', 't1', null, [`${rows[0]?.id} 2`, `${rows[1]?.id} 4`]],
          ['failed', 't2', 'no model', [`${rows[2]?.id} 6`]],
        ],
      )
    },
  },
  {
    name: 'what was refused is not told',
    async run({ mailbox }) {
      await mailbox.take([queued(5)])
      await rejectsWith('bad-content', mailbox.take([queued(9), queued(7)]))
      await rejectsWith('not-found', mailbox.settle('out-unknown0', { status: 'failed' }))
      await rejectsWith('bad-option', mailbox.append([chat('a'), chat('b', { hops: -1 })]))
      assert.deepEqual(await told(mailbox), ['5 queued'])
    },
  },
  {
    name: 'who only looks finds a session that there is, and makes none',
    async run({ mailbox, existing }) {
      await mailbox.append([chat('a')])
      const found = await existing()
      assert.ok(found !== undefined)
      assert.deepEqual(await told(found), ['accepted 2'])
      assert.equal(await existing('sess-00000002'), undefined)
      assert.equal(await existing('sess-00000002'), undefined)
    },
  },
  {
    name: 'stamps rise, and events can be asked for page by page',
    async run({ mailbox, again }) {
      const other = await again()
      for (let count = 0; count < 5; count += 1) {
        await mailbox.append([chat('a'), chat('b')])
        await other.append([chat('c')])
      }
      const all = await mailbox.events(0, most)
      const stamps = all.map(({ stamp }) => stamp)
      assert.equal(stamps.length, 15)
      assert.ok(
        stamps.every(
          (stamp, index) => Number.isSafeInteger(stamp) && stamp > (stamps[index - 1] ?? 0),
        ),
      )
      const pages = []
      for (let after = 0; ; after = pages.at(-1)?.stamp ?? after) {
        const page = await mailbox.events(after, 4)
        if (page.length === 0) break
        pages.push(...page)
      }
      assert.deepEqual(pages, all)
    },
  },
]
