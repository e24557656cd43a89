import assert from 'node:assert/strict'
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { isNanoclawError } from '@nanoclaw/schema'
import { templateBytes } from '@nanoclaw/schema/database'
import type { OutboundRow } from '../ledger/types.ts'
import { outboundLimits } from '../mailbox/outbound-reader.ts'
import { testRowId } from './outbound-writer.ts'
import { rowsOf, type ReaderCase } from './reader-workbench.ts'

const largeContent = (length: number): string => `{"text":"${'a'.repeat(length - 11)}"}`

const nothing = (more: boolean) => ({ outcome: 'rows', rows: [], acks: [], more })

/** What a reader must read. */
export const readerSoundCases: readonly ReaderCase[] = [
  {
    name: 'reads an empty template, in both journal modes, which no runner has opened yet',
    async run({ session }) {
      for (const journal of ['wal', 'delete'] as const) {
        const one = session()
        mkdirSync(one.files.outbound, { recursive: true })
        writeFileSync(one.files.outboundDb, templateBytes('outbound', journal))
        for (const attempt of [1, 2]) {
          const found = rowsOf(await one.read())
          assert.deepEqual(
            found,
            { outcome: 'rows', rows: [], acks: [], more: false },
            `${attempt}`,
          )
        }
        one.writer().row({ seq: 1 })
        assert.equal(rowsOf(await one.read()).rows.length, 1)
      }
    },
  },
  {
    name: 'returns rows as they were written, whatever their text',
    async run({ session }) {
      const one = session()
      const row = {
        id: testRowId(3),
        seq: 3,
        kind: 'chat',
        inReplyTo: 'in-00000000-1',
        turnId: 'turn-00000000-1',
        timestamp: '2026-11-22T14:05:00.123Z',
        deliverAfter: '2026-11-23T00:00:00.000Z',
        channelType: 'memory',
        channelInstance: 'second',
        platformId: '-1001 \u202e"quoted"',
        threadId: 'été 🎉',
        content: '{"text":"line\\nline 🎉 \\u0000 </message>"}',
      }
      const { ...expected } = row
      one.writer().row(row)
      assert.deepEqual(rowsOf(await one.read()).rows, [expected])
    },
  },
  {
    name: 'returns what lies after the cursor, in seq order, in pages',
    async run({ session }) {
      const one = session()
      const writer = one.writer()
      for (const seq of [9, 1, 7, 3, 5]) writer.row({ seq })
      const seqs: number[] = []
      let after = 1
      for (const more of [true, false]) {
        const found = rowsOf(await one.read({ after, limit: 2 }))
        assert.equal(found.more, more)
        seqs.push(...found.rows.map((row) => row.seq))
        after = seqs.at(-1) ?? after
      }
      assert.deepEqual(seqs, [3, 5, 7, 9])
      assert.deepEqual(rowsOf(await one.read({ after: 9 })).rows, [])
    },
  },
  {
    name: 'takes rows as far above the largest known number as the window allows',
    async run({ session }) {
      const one = session()
      one.writer().row({ seq: 1001 + 2 ** 20 })
      assert.equal(rowsOf(await one.read({ largestSeq: 1001 })).rows.length, 1)
    },
  },
  {
    name: 'ends a page where its bytes end, and loses no row to it',
    async run({ session }) {
      const one = session()
      const writer = one.writer()
      const content = largeContent(300_000)
      const expected = Array.from({ length: 8 }, (_, index) => 2 * index + 1)
      for (const seq of expected) writer.row({ seq, content })
      const seqs: number[] = []
      for (let more = true; more;) {
        const found = rowsOf(await one.read({ after: seqs.at(-1) ?? 0 }))
        more = found.more
        assert.ok(found.rows.length > 0, 'a page with more to come has rows')
        assert.ok(found.rows.length * content.length <= outboundLimits.readBytes)
        seqs.push(...found.rows.map((row) => row.seq))
      }
      assert.deepEqual(seqs, expected)
    },
  },
  {
    name: 'takes a row of exactly the largest size, of characters that grow most in JSON',
    async run({ session }) {
      const one = session()
      const content = '\u0001'.repeat(outboundLimits.content)
      one.writer().row({ content, platformId: 'p'.repeat(outboundLimits.field) })
      assert.equal(rowsOf(await one.read()).rows[0]?.content === content, true)
    },
  },
  {
    name: 'gives a row whose content is too long without it, and the others as they are',
    async run({ session }) {
      const one = session()
      const writer = one.writer()
      const { content: most } = outboundLimits
      const lengths = [2, most + 1, 20_000_000, most, 300]
      for (const [index, length] of lengths.entries()) {
        writer.row({ seq: 2 * index + 1, content: 'c'.repeat(length) })
      }
      const rowsUpTo = async (contentBytes?: number) => {
        const rows: OutboundRow[] = []
        for (let more = true; more;) {
          const found = rowsOf(await one.read({ after: rows.at(-1)?.seq ?? 0, contentBytes }))
          more = found.more
          rows.push(...found.rows)
        }
        return rows.map(({ content, tooLong }) => tooLong ?? `has ${content.length}`)
      }
      const all = ['has 2', most + 1, 20_000_000, `has ${most}`, 'has 300']
      assert.deepEqual(await rowsUpTo(), all)
      assert.deepEqual(await rowsUpTo(most + 1), all, 'the limit cannot be raised')
      assert.deepEqual(await rowsUpTo(299), ['has 2', most + 1, 20_000_000, most, 300])
      const [second] = rowsOf(await one.read({ after: 1, limit: 1 })).rows
      assert.equal(second?.content, '')
    },
  },
  {
    name: 'looks whether there are rows, and at acknowledgements, without taking any',
    async run({ session }) {
      const one = session()
      const writer = one.writer()
      assert.deepEqual(await one.read({ limit: 0 }), nothing(false))
      writer.row({ seq: 1 })
      assert.deepEqual(await one.read({ limit: 0 }), nothing(true))
    },
  },
  {
    name: 'returns the acknowledgements asked for, and no others',
    async run({ session }) {
      const one = session()
      const writer = one.writer()
      const ids = [1, 2, 3, 4].map((number) => `in-0000000${number}`)
      writer.turn('turn-00000001', 'failed', 'it broke: "so"')
      writer.turn('turn-00000002', 'completed', 'left over')
      writer.ack('in-00000001', 'failed', 'turn-00000001')
      writer.ack('in-00000002', 'completed', 'turn-00000002')
      writer.ack('in-00000003', 'processing', null)
      writer.ack('in-00000009', 'completed', null)
      const { acks } = rowsOf(await one.read({ ackIds: ids }))
      const claimed = { claims: 1, claimedAt: '2026-11-22T14:05:00.000Z' }
      assert.deepEqual(
        acks.toSorted((a, b) => (a.messageId < b.messageId ? -1 : 1)),
        [
          {
            messageId: 'in-00000001',
            status: 'failed',
            turnId: 'turn-00000001',
            ...claimed,
            epoch: 1,
            error: 'it broke: "so"',
          },
          {
            messageId: 'in-00000002',
            status: 'completed',
            turnId: 'turn-00000002',
            ...claimed,
            epoch: 1,
            error: null,
          },
          {
            messageId: 'in-00000003',
            status: 'processing',
            turnId: null,
            claims: null,
            claimedAt: null,
            epoch: 1,
            error: null,
          },
        ],
      )
    },
  },
  {
    name: 'cuts errors, singly and all together, and takes a thousand acknowledgements at once',
    async run({ session }) {
      const one = session()
      const writer = one.writer()
      const ids = Array.from({ length: 1000 }, (_, index) => `in-${String(index).padStart(8, '0')}`)
      writer.turn('turn-00000001', 'failed', 'e'.repeat(3_000))
      writer.turn('turn-00000002', 'failed', 'e'.repeat(100_000))
      writer.database.sqlite.transaction(() => {
        for (const id of ids.slice(1)) writer.ack(id, 'failed', 'turn-00000001')
        writer.ack(ids[0] ?? '', 'failed', 'turn-00000002')
      })()
      const { acks } = rowsOf(await one.read({ ackIds: ids }))
      assert.equal(acks.length, 1000)
      const errors = acks.map(({ error }) => error ?? '')
      assert.ok(errors.every((error) => error.length <= 2_000))
      assert.ok(errors.some((error) => error.length === 2_000))
      assert.ok(errors.some((error) => /100000 bytes/.test(error)))
      assert.ok(errors.reduce((sum, error) => sum + error.length, 0) <= 200_000)
      await assert.rejects(one.read({ ackIds: [...ids, 'in-99999999'] }), /at most 1000/)
    },
  },
  {
    name: 'sees what was committed, not what an open transaction holds, and disturbs no writer',
    async run({ session }) {
      const one = session()
      const writer = one.writer()
      writer.row({ seq: 1 })
      writer.database.sqlite.exec('BEGIN IMMEDIATE')
      writer.row({ seq: 3 })
      assert.deepEqual(
        rowsOf(await one.read()).rows.map((row) => row.seq),
        [1],
      )
      writer.database.sqlite.exec('COMMIT')
      writer.database.sqlite.pragma('wal_checkpoint(TRUNCATE)')
      assert.equal(rowsOf(await one.read()).rows.length, 2)
      assert.equal(existsSync(`${one.files.outboundDb}-wal`), true)
    },
  },
  {
    name: 'keeps sessions apart that are read at the same time',
    async run({ session }) {
      const all = Array.from({ length: 20 }, () => session())
      for (const [index, one] of all.entries()) one.writer().row({ content: `"${index}"` })
      const found = await Promise.all(all.map((one) => one.read()))
      assert.deepEqual(
        found.map((outcome) => rowsOf(outcome).rows.map((row) => row.content)),
        all.map((_, index) => [`"${index}"`]),
      )
    },
  },
  {
    name: 'rejects with the reason of an aborted signal, and reads on for others',
    async run({ reader, session }) {
      const one = session()
      one.writer().row({})
      const reason = new Error('no longer wanted')
      await assert.rejects(reader.read(one.request(), AbortSignal.abort(reason)), reason)
      assert.equal(rowsOf(await one.read()).rows.length, 1)
    },
  },
  {
    name: 'throws closed after stop, which may be called twice',
    async run({ reader, session }) {
      const one = session()
      one.writer()
      await one.read()
      await reader.stop()
      await reader.stop()
      await assert.rejects(one.read(), (error) => isNanoclawError(error) && error.code === 'closed')
    },
  },
]
