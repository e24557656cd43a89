import { openDatabase } from '@nanoclaw/schema/database'
import { expect, onTestFinished, test } from 'vitest'
import type { CentralStore } from '../../src/central/central-store.ts'
import { createCentralStore } from '../../src/central/central-store.ts'
import { sentWriteRunner } from '../../src/central/run-write.ts'
import type { CentralWriter, SentWrite } from '../../src/central/write-request.ts'
import { createSessions } from '../../src/sessions/sessions.ts'
import { centralRows } from '../../src/central/central-rows.ts'
import { EventLog } from '../../src/events/event-log.ts'
import { freshCore } from '../home.ts'
import { threads } from '../events/workbench.ts'

const atOnce = '1970-01-01T00:00:00.000Z'

/** The parts of a core whose writes are done when the test says so, in the order they were asked. */
async function heldSessions() {
  const core = await freshCore()
  const [session] = await threads(core, 1)
  if (!session) throw new Error('a session')
  const path = core.layout.centralDb
  const open = () => {
    const database = openDatabase({ path, kind: 'central' })
    onTestFinished(() => database.close())
    return database
  }
  const [reading, writing] = [open(), open()]
  const run = sentWriteRunner(writing)
  const waiting: (() => void)[] = []
  const writer: CentralWriter = {
    run: (request) =>
      new Promise((resolve, reject) => {
        const sent: SentWrite = { ...request, id: undefined, now: core.clock.now() }
        waiting.push(() => {
          try {
            resolve(run(sent))
          } catch (error) {
            reject(error)
          }
        })
      }),
    close: async () => undefined,
  }
  const { clock, ids } = core
  const store: CentralStore = createCentralStore({ database: reading, path, clock, ids, writer })
  const log = await store.read(() => new EventLog(store, core.installId))
  const rows = centralRows(store)
  const sessions = createSessions(store, rows.sessions, rows.wirings, log)
  /** Does what waits, until nothing comes after it. */
  const letGo = async () => {
    for (let quiet = 0; quiet < 5; quiet += 1) {
      const next = waiting.shift()
      if (next !== undefined) quiet = 0
      next?.()
      await new Promise(setImmediate)
    }
  }
  const mark = () => writing.sqlite.prepare('SELECT last_event FROM sessions').pluck().get()
  return { id: session.id, agentGroupId: session.agentGroupId, sessions, store, log, letGo, mark }
}

test('what makes a session due waits for what is about to say that nothing is left in it', async () => {
  const { id, sessions, letGo } = await heldSessions()
  const first = sessions.ensureDue(id, atOnce)
  await letGo()
  expect(await first).toBe(true)
  const clearing = sessions.setDue(id, null)
  // It is due as yet, as far as can be read.
  const announcing = sessions.ensureDue(id, atOnce)
  await letGo()
  await clearing
  expect(await announcing).toBe(true)
  expect((await sessions.get(id))?.nextDueAt).toBe(atOnce)
})

test('no event is committed while a mark that is below it is on its way', async () => {
  const { id, agentGroupId, sessions, log, letGo, mark } = await heldSessions()
  const record = log.recorder(agentGroupId, id)
  const marks: unknown[] = []
  const commit = () => ({ value: marks.push(mark()), events: [] })
  const first = record(1, commit)
  await letGo()
  await first
  const clearing = sessions.setDue(id, null)
  const second = record(1, commit)
  await letGo()
  await Promise.all([clearing, second])
  // Each time it says that the session may get events.
  expect(marks).toEqual([Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER])
})
