import { existsSync } from 'node:fs'
import { readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { NanoclawError } from '@nanoclaw/schema'
import { openDatabase } from '@nanoclaw/schema/database'
import { expect, onTestFinished, test } from 'vitest'
import type { Core, Session } from '../../src/index.ts'
import { createFaultPlan, createFaultyCore } from '../../src/testing.ts'
import { freshCore, temporaryFolder } from '../home.ts'
import { opened, readAll, row, said, take, threads } from './workbench.ts'

async function oneSession(core: Core): Promise<Session> {
  const [session] = await threads(core, 1)
  if (!session) throw new Error('a session')
  return session
}

/** Writes into a session's `inbound.db` what this code does not. */
function meddle(core: Core, session: Session, statements: string): void {
  const { inboundDb } = core.layout.session(session.agentGroupId, session.id)
  const database = openDatabase({ path: inboundDb, kind: 'inbound', journal: core.journal })
  try {
    database.sqlite.exec(statements)
  } finally {
    database.close()
  }
}

const describeAll = async (core: Core) =>
  (await readAll(core, 'beginning')).map((event) => {
    if (event.type === 'turn') return `turn of ${event.rows.map(({ seq }) => seq).join()}`
    return event.type === 'incident' ? event.type : `${event.type} ${event.seq}`
  })

test('events that a later step knows are passed over, however many, and none of the others', async () => {
  const core = await freshCore()
  const session = await oneSession(core)
  const mailbox = await opened(core, session)
  const rows = await mailbox.append(Array.from({ length: 302 }, () => row))
  await mailbox.take([said(5)])
  // More than are read at once.
  meddle(core, session, "UPDATE events SET type = 'edited' WHERE message_seq BETWEEN 100 AND 500")
  meddle(core, session, "UPDATE events SET status = 'seen' WHERE type = 'delivery'")
  const seqs = rows.map(({ seq }) => seq).filter((seq) => seq < 100 || seq > 500)
  expect(await describeAll(core)).toEqual(seqs.map((seq) => `accepted ${seq}`))
})

test('events whose rows are gone are passed over; of a turn those are told that are left', async () => {
  const core = await freshCore()
  const session = await oneSession(core)
  const mailbox = await opened(core, session)
  const rows = await mailbox.append([row, row, row])
  const [first, second, third] = rows.map(({ id }) => id)
  await mailbox.take([said(5)])
  await mailbox.end([first ?? '', second ?? ''], 'completed')
  await mailbox.end([third ?? ''], 'failed')
  meddle(core, session, 'DELETE FROM messages_in WHERE seq IN (2, 6); DELETE FROM delivered')
  expect(await describeAll(core)).toEqual(['accepted 4', 'turn of 4'])
})

test('reading makes no file of a session that has been removed', async () => {
  const core = await freshCore()
  const [removed, kept] = await threads(core, 2)
  if (!removed || !kept) throw new Error('two sessions')
  for (const session of [removed, kept]) await core.writeSessionMessage(session, row)
  const { root } = core.layout.session(removed.agentGroupId, removed.id)
  await rm(root, { recursive: true })
  expect(await readAll(core, 'beginning')).toMatchObject([{ sessionId: kept.id }])
  expect(existsSync(root)).toBe(false)
  expect(await readdir(join(root, '..'))).toEqual([kept.id])
})

test('what may be over in a moment loses no event: the subscription ends with it', async () => {
  const faults = createFaultPlan()
  const core = await createFaultyCore({ home: join(await temporaryFolder(), 'home'), faults })
  onTestFinished(() => core.close())
  const session = await oneSession(core)
  await core.writeSessionMessage(session, row)
  const tooMany = new NanoclawError('io', 'too many open files')
  for (const operation of ['mailboxes.openExisting', 'mailbox.events'] as const) {
    faults.failAt(operation, 1, tooMany)
    await expect(take(core.subscribe('beginning'), 1)).rejects.toBe(tooMany)
    faults.failAt(operation, 1)
    await expect(take(core.subscribe('beginning'), 1)).rejects.toMatchObject({ code: 'disk-full' })
  }
  expect(await take(core.subscribe('beginning'), 1)).toMatchObject([{ seq: 2 }])
})

test('a file that stays locked ends the subscription with a sentence of our own', async () => {
  const core = await freshCore({ journal: 'delete' })
  const session = await oneSession(core)
  await core.writeSessionMessage(session, row)
  const { inboundDb: path } = core.layout.session(session.agentGroupId, session.id)
  const other = openDatabase({ path, kind: 'inbound', journal: 'delete' })
  other.sqlite.exec('BEGIN EXCLUSIVE')
  await expect(take(core.subscribe('beginning'), 1)).rejects.toMatchObject({
    code: 'io',
    message: expect.stringContaining(session.id),
  })
  other.close()
  expect(await take(core.subscribe('beginning'), 1)).toMatchObject([{ seq: 2 }])
}, 20_000)
