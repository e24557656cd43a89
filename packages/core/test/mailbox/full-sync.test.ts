import { join } from 'node:path'
import { timestamp } from '@nanoclaw/schema'
import { openDatabase } from '@nanoclaw/schema/database'
import { expect, onTestFinished, test } from 'vitest'
import type { Mailbox, NewInbound, OutboundAck, TakenRow } from '../../src/index.ts'
import { sharedInbound, type InboundConnection } from '../../src/mailbox/inbound-connection.ts'
import { createSqliteMailbox } from '../../src/mailbox/sqlite-mailbox.ts'
import { createFakeClock, createSequentialIds } from '../../src/testing.ts'
import { temporaryFolder } from '../home.ts'

const origin = { channelType: 'test', channelInstance: '', platformId: 'a', threadId: null }
const out = 'out-00000001'
const words = { unanswered: 'not now', waiting: 'later', recovered: 'again' }
const note: NewInbound = {
  kind: 'chat',
  content: { text: 'hello', sender: 'Ann', senderId: 'ann' },
  origin,
}

function taken(status: TakenRow['status']): TakenRow {
  const rest = { inReplyTo: null, turnId: null, timestamp: timestamp(createFakeClock()) }
  const content = JSON.stringify({ text: 'hi' })
  const row = { id: out, seq: 1, kind: 'chat', ...rest, ...origin, deliverAfter: null, content }
  return { row, status }
}

function ack(messageId: string, status: OutboundAck['status']): OutboundAck {
  const turn = { turnId: 'turn-00000001', epoch: 1, claims: 1, claimedAt: null, error: null }
  return { messageId, status, ...turn }
}

const begin = { part: 0, status: 'queued' as const, content: '"hi"' }

/** One operation, and what leads to it; `id` is of an inbound row that is pending. */
interface Case {
  readonly name: string
  before?(mailbox: Mailbox, id: string): Promise<unknown>
  run(mailbox: Mailbox, id: string): Promise<unknown>
}

const queue: Case['before'] = (mailbox) => mailbox.take([taken('queued')])
async function fail(mailbox: Mailbox): Promise<void> {
  await mailbox.take([taken('failed')])
}

/** What somebody has been promised, or what an adapter is about to be told. */
const full: readonly Case[] = [
  { name: 'append', run: (mailbox) => mailbox.append([note]) },
  { name: 'take of a row that is sending', run: (mailbox) => mailbox.take([taken('sending')]) },
  {
    name: 'take with a notice',
    run: (mailbox) => mailbox.take([taken('refused')], { notices: [note] }),
  },
  {
    name: 'take of a row that fails in a chat',
    run: (mailbox, id) => mailbox.take([], { acks: [ack(id, 'failed')], chat: words }),
  },
  {
    name: 'settle to sending',
    before: queue,
    run: (mailbox) => mailbox.settle(out, { status: 'sending' }),
  },
  {
    name: 'settle with a notice',
    before: queue,
    run: (mailbox) => mailbox.settle(out, { status: 'failed' }, { notices: [note] }),
  },
  {
    name: 'settle with a part that is sending',
    before: queue,
    run: (mailbox) =>
      mailbox.settle(out, { status: 'queued' }, { parts: [{ ...begin, status: 'sending' }] }),
  },
  {
    name: 'settle that says durable',
    before: queue,
    run: (mailbox) => mailbox.settle(out, { status: 'failed' }, { durable: true }),
  },
  {
    name: 'settleParts to sending',
    before: queue,
    run: (mailbox) => mailbox.settleParts(out, [{ ...begin, status: 'sending' }]),
  },
  { name: 'requeue', before: fail, run: (mailbox) => mailbox.requeue(out) },
  { name: 'tellUnanswered', run: (mailbox) => mailbox.tellUnanswered([origin], 'later') },
  { name: 'say', run: (mailbox) => mailbox.say({ id: 'out-aaaaaaaa', text: 'hi', origin }) },
  { name: 'pause', run: (mailbox, id) => mailbox.pause([id], 1) },
  {
    name: 'rerun',
    before: (mailbox, id) => mailbox.pause([id], 1),
    run: (mailbox, id) => mailbox.rerun(id),
  },
  {
    name: 'end of a row that fails in a chat',
    run: (mailbox, id) => mailbox.end([id], 'failed', words),
  },
]

/** What is read again from `outbound.db`, or done once more, when a power cut takes it back. */
const normal: readonly Case[] = [
  { name: 'take of a row that is queued', run: (mailbox) => mailbox.take([taken('queued')]) },
  {
    name: 'take of a row that is completed',
    run: (mailbox, id) => mailbox.take([], { acks: [ack(id, 'completed')], chat: words }),
  },
  {
    name: 'settle to delivered',
    before: (mailbox) => mailbox.take([taken('sending')]),
    run: (mailbox) => mailbox.settle(out, { status: 'delivered' }),
  },
  {
    name: 'settle to retrying',
    before: queue,
    run: (mailbox) => mailbox.settle(out, { status: 'retrying' }),
  },
  {
    name: 'settleParts to queued',
    before: queue,
    run: (mailbox) => mailbox.settleParts(out, [begin]),
  },
  {
    name: 'end of a row that is completed',
    run: (mailbox, id) => mailbox.end([id], 'completed', words),
  },
  { name: 'countTry', run: (mailbox, id) => mailbox.countTry([id]) },
]

/** A mailbox, and SQLite's `synchronous` as it was in each of its commits. */
async function watchedMailbox(): Promise<{ readonly mailbox: Mailbox; readonly syncs: unknown[] }> {
  const path = join(await temporaryFolder(), 'inbound.db')
  const database = openDatabase({ path, kind: 'inbound', create: true })
  onTestFinished(() => database.close())
  const inner = sharedInbound(database, path)()
  const syncs: unknown[] = []
  const connection: InboundConnection = {
    ...inner,
    write: (sync, work) =>
      inner.write(sync, (statements) => {
        syncs.push(database.sqlite.pragma('synchronous', { simple: true }))
        return work(statements)
      }),
  }
  const clock = createFakeClock()
  let stamps = 0
  const mailbox = createSqliteMailbox({
    ...{ sessionId: 'sess-00000001', connection, clock, ids: createSequentialIds() },
    record: async (most, commit) => {
      const { value } = await commit({ first: stamps + 1, at: timestamp(clock) })
      stamps += most
      return value
    },
  })
  return { mailbox, syncs }
}

/** The syncs of an operation alone, after one that was synced otherwise. */
async function syncsOf({ before, run }: Case, other: 'full' | 'normal'): Promise<unknown[]> {
  const { mailbox, syncs } = await watchedMailbox()
  const [row] = await mailbox.append([note])
  const id = row?.id ?? ''
  await before?.(mailbox, id)
  if (other === 'full') await mailbox.append([note])
  else await mailbox.countTry([id])
  syncs.length = 0
  await run(mailbox, id)
  return syncs
}

/** `PRAGMA synchronous`. */
const [NORMAL, FULL] = [1, 2]

test.each(full)('one commit that is fully synced: $name', async (each) => {
  expect(await syncsOf(each, 'normal')).toEqual([FULL])
})

test.each(normal)('one commit that is not: $name', async (each) => {
  expect(await syncsOf(each, 'full')).toEqual([NORMAL])
})
