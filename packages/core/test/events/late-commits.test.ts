import { openDatabase } from '@nanoclaw/schema/database'
import { incidents } from '@nanoclaw/schema/drizzle'
import { expect, onTestFinished, test } from 'vitest'
import { createCentralStore } from '../../src/central/central-store.ts'
import { EventLog, type StampFacts } from '../../src/events/event-log.ts'
import { createSubscribe } from '../../src/events/subscribe.ts'
import { silentLogger } from '../../src/logger.ts'
import { freshCore } from '../home.ts'
import { take } from './workbench.ts'

const accepted = { type: 'accepted', id: 'in-1', kind: 'chat', origin: null } as const

/** The log of a new home, over its central database. */
async function openLog() {
  const { layout, clock, ids, mailboxes, installId } = await freshCore()
  const database = openDatabase({ path: layout.centralDb, kind: 'central' })
  onTestFinished(() => database.close())
  const store = createCentralStore({ database, path: layout.centralDb, clock, ids })
  const log = await store.read(() => new EventLog(store, installId))
  const subscribe = createSubscribe({ store, log, mailboxes, logger: silentLogger })
  return { log, store, subscribe, database }
}

test('a store whose commits take their time tells in order, also those who come in between', async () => {
  const { log, subscribe } = await openLog()
  const record = log.recorder('ag-00000001', 'sess-00000001')
  const commit = (seq: number) => (stamp: StampFacts) => void stamp({ ...accepted, seq })

  const slow = Promise.withResolvers<void>()
  const broken = Promise.withResolvers<void>()
  await record(1, commit(2))
  const writes = [
    record(1, async (stamp) => {
      await slow.promise
      commit(4)(stamp)
    }),
    record(1, async (stamp) => {
      commit(6)(stamp)
      await broken.promise
    }),
    record(1, commit(8)),
  ]
  await writes[2]
  const events = take(subscribe(), 2)
  broken.reject(new Error('rolled back'))
  await expect(writes[1]).rejects.toThrow('rolled back')
  slow.resolve()
  expect(await events).toMatchObject([{ seq: 4 }, { seq: 8 }])
  await log.close()
})

test('a commit that comes after another process has reserved stamps is told in its place', async () => {
  const { log, store, subscribe } = await openLog()
  const record = log.recorder('ag-00000001', 'sess-00000001')
  const commit = (seq: number) => (stamp: StampFacts) => void stamp({ ...accepted, seq })
  const slow = Promise.withResolvers<void>()
  await record(1, commit(2))
  const live = take(subscribe(), 1)
  const late = record(1, () => slow.promise)
  await store.write('full', () => log.statements.setCeiling(log.lastStamp() + 1_000_000))
  const afterwards = take(subscribe(), 1)
  slow.resolve()
  await late
  await record(1, commit(4))
  expect(await Promise.all([live, afterwards])).toMatchObject([[{ seq: 4 }], [{ seq: 4 }]])
  await log.close()
})

test('a change of an incident that is tried again is told once, and holds nothing up', async () => {
  const { log, store, database } = await openLog()
  const incident = {
    ...{ id: 'inc-1', kind: 'down', subject: 's', message: 'm', occurrences: 1 },
    ...{ sessionId: null, agentGroupId: null, resolvedAt: null },
    ...{ openedAt: '2026-01-31T12:00:00.000Z', lastSeenAt: '2026-01-31T12:00:00.000Z' },
  }
  let tries = 0
  const unsubscribe = log.subscribed()
  const from = log.settled
  await log.writeIncident((tell) => {
    store.orm.insert(incidents).values(incident).run()
    tell({ change: 'opened', incident })
    tries += 1
    if (tries === 1) throw Object.assign(new Error('locked'), { code: 'SQLITE_BUSY' })
  })
  expect(tries).toBe(2)
  const told = log.recent.after(from)
  expect(told?.event).toMatchObject({ change: 'opened' })
  expect(log.recent.after(told?.stamp ?? 0)).toBe(undefined)
  expect(log.settled).toBe(log.lastStamp())
  expect(database.sqlite.prepare('SELECT id FROM incident_events').pluck().all()).toEqual([
    told?.stamp,
  ])
  unsubscribe()
  // Where nobody subscribes any more, nothing is kept.
  expect(log.recent.reaches(log.settled)).toBe(false)
  await log.close()
})
