import { openDatabase } from '@nanoclaw/schema/database'
import { expect, onTestFinished, test } from 'vitest'
import { createCentralStore } from '../../src/central/central-store.ts'
import { EventLog, type StampFacts } from '../../src/events/event-log.ts'
import { createSubscribe } from '../../src/events/subscribe.ts'
import { silentLogger } from '../../src/logger.ts'
import { freshCore } from '../home.ts'
import { take } from './workbench.ts'

const accepted = { type: 'accepted', id: 'in-1', kind: 'chat', origin: null } as const

test('a store whose commits take their time tells in order, also those who come in between', async () => {
  const { layout, clock, ids, mailboxes } = await freshCore()
  const database = openDatabase({ path: layout.centralDb, kind: 'central' })
  onTestFinished(() => database.close())
  const store = createCentralStore({ database, path: layout.centralDb, clock, ids })
  const log = await store.read(() => new EventLog(store))
  const subscribe = createSubscribe({ store, log, mailboxes, logger: silentLogger })
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
