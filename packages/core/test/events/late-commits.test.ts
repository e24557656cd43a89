import { openDatabase } from '@nanoclaw/schema/database'
import { expect, onTestFinished, test } from 'vitest'
import { createCentralStore } from '../../src/central/central-store.ts'
import { writerHere } from '../../src/central/run-write.ts'
import { EventLog, type EventRange } from '../../src/events/event-log.ts'
import { eventWrites } from '../../src/events/event-writes.ts'
import { factStamper } from '../../src/events/stamp-facts.ts'
import { createSubscribe } from '../../src/events/subscribe.ts'
import { createIncidents } from '../../src/incidents/incidents.ts'
import { silentLogger } from '../../src/logger.ts'
import { freshCore } from '../home.ts'
import { take } from './workbench.ts'

const accepted = { type: 'accepted', id: 'in-1', kind: 'chat', origin: null } as const

/** The log of a new home, over its central database. */
async function openLog() {
  const { layout, clock, ids, mailboxes, installId } = await freshCore()
  const database = openDatabase({ path: layout.centralDb, kind: 'central' })
  onTestFinished(() => database.close())
  const writer = { ...writerHere(database, { clock, ids }) }
  const store = createCentralStore({ database, path: layout.centralDb, clock, ids, writer })
  const log = await store.read(() => new EventLog(store, installId))
  const subscribe = createSubscribe({ store, log, mailboxes, logger: silentLogger })
  return { log, store, writer, subscribe, database }
}

/** A commit that accepts a row. */
const commit = (seq: number) => (range: EventRange) => {
  const { events, stamp } = factStamper(range)
  return { value: stamp({ ...accepted, seq }), events }
}

test('a store whose commits take their time tells in order, also those who come in between', async () => {
  const { log, subscribe } = await openLog()
  const record = log.recorder('ag-00000001', 'sess-00000001')

  const slow = Promise.withResolvers<void>()
  const broken = Promise.withResolvers<void>()
  await record(1, commit(2))
  const writes = [
    record(1, async (range) => {
      await slow.promise
      return commit(4)(range)
    }),
    record(1, async (range) => {
      await broken.promise
      return commit(6)(range)
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
  const slow = Promise.withResolvers<void>()
  await record(1, commit(2))
  const live = take(subscribe(), 1)
  const late = record(1, async () => {
    await slow.promise
    return { value: undefined, events: [] }
  })
  const elsewhere = eventWrites(store)
  elsewhere.reserve(1_000_000)
  const afterwards = take(subscribe(), 1)
  slow.resolve()
  await late
  await record(1, commit(4))
  expect(await Promise.all([live, afterwards])).toMatchObject([[{ seq: 4 }], [{ seq: 4 }]])
  await log.close()
})

test('a change of an incident that is tried again is told once, and holds nothing up', async () => {
  const { log, store, writer, database } = await openLog()
  const incidents = createIncidents(store, log)
  const unsubscribe = log.subscribed()
  const from = log.settled
  const { run } = writer
  const tried: unknown[] = []
  writer.run = (request) => {
    if (request.method === 'open') tried.push(request.args[1])
    if (tried.length === 1) throw Object.assign(new Error('locked'), { code: 'SQLITE_BUSY' })
    return run(request)
  }
  await incidents.open({ kind: 'down', subject: 's', message: 'm' })
  const told = log.recent.after(from)
  expect(told?.event).toMatchObject({ change: 'opened' })
  expect(log.recent.after(told?.stamp ?? 0)).toBe(undefined)
  expect(log.settled).toBe(log.lastStamp())
  const written = database.sqlite.prepare('SELECT id FROM incident_events').pluck().all()
  expect([tried.length, tried.at(-1), ...written]).toEqual([2, told?.stamp, told?.stamp])
  unsubscribe()
  // Where nobody subscribes any more, nothing is kept.
  expect(log.recent.reaches(log.settled)).toBe(false)
  await log.close()
})
