import { fileURLToPath } from 'node:url'
import { openDatabase } from '@nanoclaw/schema/database'
import { expect, onTestFinished, test } from 'vitest'
import { createCentralStore } from '../../src/central/central-store.ts'
import { writerInThread } from '../../src/central/thread-writer.ts'
import { EventLog } from '../../src/events/event-log.ts'
import { createSubscribe } from '../../src/events/subscribe.ts'
import type { CoreEvent } from '../../src/index.ts'
import { createIncidents } from '../../src/incidents/incidents.ts'
import { silentLogger } from '../../src/logger.ts'
import { createSqliteMailboxes } from '../../src/mailbox/sqlite-mailboxes.ts'
import { createThreadPool } from '../../src/threads/thread-pool.ts'
import { freshCore } from '../home.ts'
import { row, take, threads } from './workbench.ts'

const entry = fileURLToPath(new URL('../threads/support/dying-main.ts', import.meta.url))

/** The parts of a core whose threads die of some words. */
async function mortalParts() {
  const { layout, journal, clock, ids, installId, ...core } = await freshCore()
  const [session] = await threads({ ...core, layout, journal, clock, ids, installId }, 1)
  if (!session) throw new Error('a session')
  const path = layout.centralDb
  const pool = createThreadPool({ maximum: 1, entry })
  const database = openDatabase({ path, kind: 'central' })
  const writer = writerInThread(pool, { path }, { clock, ids })
  const store = createCentralStore({ database, path, clock, ids, writer })
  const log = await store.read(() => new EventLog(store, installId))
  const mailboxes = createSqliteMailboxes({
    ...{ layout, journal, clock, ids, threads: pool },
    recorder: (agentGroupId, sessionId) => log.recorder(agentGroupId, sessionId),
  })
  onTestFinished(async () => {
    await log.close()
    await store.close()
    await pool.close()
  })
  const subscribe = createSubscribe({ store, log, mailboxes, logger: silentLogger })
  const mailbox = await mailboxes.open(session.agentGroupId, session.id)
  return { mailbox, incidents: createIncidents(store, log), subscribe }
}

const cursors = (events: readonly CoreEvent[]) => events.map(({ cursor }) => cursor)
const saying = (text: string) => ({ ...row, content: { text, sender: 'Ann', senderId: 'ann' } })
const died = { code: 'io', message: expect.stringContaining('(with code 5)') }

test('a thread that dies beside a commit of a mailbox makes no gap, and tells of nothing that is not there', async () => {
  const { mailbox, subscribe } = await mortalParts()
  await mailbox.append([row])
  const live = take(subscribe('beginning'), 4)
  const late = take(subscribe(), 3)
  await mailbox.append([saying('b')])
  await expect(mailbox.append([saying('die after')])).rejects.toMatchObject(died)
  await expect(mailbox.append([saying('die before')])).rejects.toMatchObject(died)
  await mailbox.append([saying('e')])
  expect(await live).toMatchObject([{ seq: 2 }, { seq: 4 }, { seq: 6 }, { seq: 8 }])
  const told = cursors(await live)
  expect(cursors(await late)).toEqual(told.slice(1))
  expect(cursors(await take(subscribe('beginning'), 4))).toEqual(told)
})

test('one that dies beside a commit of an incident makes none either', async () => {
  const { incidents, subscribe } = await mortalParts()
  const live = take(subscribe(), 3)
  const open = (message: string) => incidents.open({ kind: 'down', subject: message, message })
  await open('a')
  await expect(open('die after')).rejects.toMatchObject(died)
  await expect(open('die before')).rejects.toMatchObject(died)
  await open('d')
  const messages = ['a', 'die after', 'd'].map((message) => ({ incident: { message } }))
  expect(await live).toMatchObject(messages)
  expect(cursors(await take(subscribe('beginning'), 3))).toEqual(cursors(await live))
})
