import { cp, rm } from 'node:fs/promises'
import { openDatabase } from '@nanoclaw/schema/database'
import { expect, test } from 'vitest'
import { createCore, type Core, type Session } from '../../src/index.ts'
import { freshCore } from '../home.ts'
import { opened, readAll, row, take, threads } from './workbench.ts'

async function oneSession(core: Core): Promise<Session> {
  const [session] = await threads(core, 1)
  if (!session) throw new Error('a session')
  return session
}

test('what another process has written is there for those who subscribe afterwards', async () => {
  const core = await freshCore()
  const session = await oneSession(core)
  const early = await freshCore({ home: core.layout.home })
  await core.writeSessionMessage(session, row)
  const [first] = await take(early.subscribe('beginning'), 1)
  expect(first).toMatchObject({ seq: 2 })
  await core.writeSessionMessage(session, row)
  expect(await take(early.subscribe(first?.cursor), 1)).toMatchObject([{ seq: 4 }])
})

test('another process that came and went is told in its order, also to who listens already', async () => {
  const core = await freshCore()
  const session = await oneSession(core)
  const live = take(core.subscribe('beginning'), 3)
  await core.writeSessionMessage(session, row)
  const visitor = await createCore({ home: core.layout.home })
  await visitor.writeSessionMessage(session, row)
  const [, second] = await take(visitor.subscribe('beginning'), 2)
  await visitor.close()
  // The session's mark is above what the visitor has left in it.
  await core.sessions.setDue(session.id, null)
  await core.writeSessionMessage(session, row)
  expect(await live).toMatchObject([{ seq: 2 }, { seq: 4 }, { seq: 6 }])
  expect(await readAll(core, second?.cursor ?? '')).toMatchObject([{ seq: 6 }])
})

test('a mark that is taken back stays above what another process has written', async () => {
  const core = await freshCore()
  const session = await oneSession(core)
  await core.writeSessionMessage(session, row)
  const visitor = await createCore({ home: core.layout.home })
  await visitor.writeSessionMessage(session, row)
  await visitor.close()
  await core.sessions.setDue(session.id, null)
  const own = (await readAll(core, 'beginning'))[0]?.cursor ?? ''
  const next = await freshCore({ home: core.layout.home })
  expect(await readAll(next, own)).toMatchObject([{ seq: 4 }])
})

test('an older copy of the central database refuses no message of the sessions that went on', async () => {
  const core = await freshCore()
  const { centralDb } = core.layout
  const session = await oneSession(core)
  await core.close()
  await cp(centralDb, `${centralDb}.copy`)
  const later = await createCore({ home: core.layout.home })
  const mailbox = await opened(later, session)
  await mailbox.append([row, row, row])
  await mailbox.close()
  await later.close()
  for (const end of ['-wal', '-shm']) await rm(`${centralDb}${end}`, { force: true })
  await cp(`${centralDb}.copy`, centralDb)
  const restored = await freshCore({ home: core.layout.home })
  await restored.writeSessionMessage(session, row)
  const seqs = (await readAll(restored, 'beginning')).map((event) =>
    event.type === 'accepted' ? event.seq : event.type,
  )
  expect(seqs).toEqual([2, 4, 6, 8])
})

test('a change of incidents that a later step knows is passed over', async () => {
  const core = await freshCore()
  const about = { kind: 'down', subject: 'family', message: 'down' }
  await core.incidents.open(about)
  await core.incidents.open(about)
  const database = openDatabase({ path: core.layout.centralDb, kind: 'central' })
  database.sqlite.exec("UPDATE incident_events SET change = 'seen' WHERE change = 'opened'")
  database.close()
  expect(await readAll(core, 'beginning')).toMatchObject([{ change: 'again' }])
})
