import { mkdir, readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createIds, systemClock } from '@nanoclaw/schema'
import { openDatabase, templateBytes } from '@nanoclaw/schema/database'
import { sessions } from '@nanoclaw/schema/drizzle'
import { expect, onTestFinished, test } from 'vitest'
import type { Core, MailboxStore } from '../../src/index.ts'
import { createCursors } from '../../src/events/cursor.ts'
import { EventLog } from '../../src/events/event-log.ts'
import { createSubscribe } from '../../src/events/subscribe.ts'
import { createCentralStore } from '../../src/central/central-store.ts'
import { writerHere } from '../../src/central/run-write.ts'
import { silentLogger } from '../../src/logger.ts'
import { freshCore, temporaryFolder, wiredPair } from '../home.ts'
import { stampOf } from './workbench.ts'

const moment = '2026-01-31T12:00:00.000Z'

/** Makes the bytes of an `inbound.db` with rows that were accepted under these stamps. */
async function inboundMaker(): Promise<(stamps: readonly number[]) => Buffer> {
  const path = join(await temporaryFolder(), 'inbound.db')
  const scratch = openDatabase({ path, kind: 'inbound', journal: 'delete', create: true })
  onTestFinished(() => scratch.close())
  const { sqlite } = scratch
  sqlite.pragma('synchronous = OFF')
  return (stamps) => {
    sqlite.exec('DELETE FROM messages_in; DELETE FROM events')
    for (const [index, stamp] of stamps.entries()) {
      const seq = 2 * index + 2
      sqlite.exec(`
        INSERT INTO messages_in (id, seq, kind, timestamp, content)
        VALUES ('in-${stamp}', ${seq}, 'chat', '${moment}', '{}');
        INSERT INTO events (id, at, type, message_seq, status)
        VALUES (${stamp}, '${moment}', 'accepted', ${seq}, 'accepted')`)
    }
    const bytes = sqlite.serialize()
    // In WAL mode (SQLite file format §1.3.3).
    bytes[18] = bytes[19] = 2
    return bytes
  }
}

/** Sessions, made without a disk's patience, whose last event is that of their last stamp. */
async function makeSessions(core: Core, stampsOf: readonly (readonly number[])[]): Promise<void> {
  const { agent } = await wiredPair(core)
  const ids = createIds(systemClock)
  const database = openDatabase({ path: core.layout.centralDb, kind: 'central' })
  const made = stampsOf.map((stamps, index) => ({
    ...{ id: ids.next('sess'), key: `${index}`, agentGroupId: agent.id, createdAt: moment },
    lastEvent: stamps.at(-1),
  }))
  database.transact('immediate', () => {
    for (const row of made) database.orm.insert(sessions).values(row).run()
    database.sqlite.exec("INSERT INTO meta (key, value) VALUES ('event_ceiling', '1000000')")
  })
  database.close()
  const outbound = templateBytes('outbound', 'wal')
  const inboundBytes = await inboundMaker()
  for (const [index, { id }] of made.entries()) {
    const files = core.layout.session(agent.id, id)
    for (const folder of [files.inbound, files.outbound]) await mkdir(folder, { recursive: true })
    await writeFile(files.inboundDb, inboundBytes(stampsOf[index] ?? []))
    await writeFile(files.outboundDb, outbound)
  }
}

/** A subscription to that home, and what it costs. */
async function watched(core: Core) {
  const { centralDb: path } = core.layout
  const database = openDatabase({ path, kind: 'central' })
  const { clock, ids } = core
  const writer = writerHere(database, { clock, ids })
  const store = createCentralStore({ database, path, clock, ids, writer })
  const log = await store.read(() => new EventLog(store, core.installId))
  const cost = { opened: 0, openAtOnce: 0, mostAtOnce: 0 }
  const mailboxes: MailboxStore = {
    ...core.mailboxes,
    async openExisting(agentGroupId, sessionId) {
      const mailbox = await core.mailboxes.openExisting(agentGroupId, sessionId)
      if (mailbox === undefined) return undefined
      cost.opened += 1
      cost.openAtOnce += 1
      cost.mostAtOnce = Math.max(cost.mostAtOnce, cost.openAtOnce)
      const close = async () => {
        cost.openAtOnce -= 1
        await mailbox.close()
      }
      return { ...mailbox, close }
    },
  }
  const subscribe = createSubscribe({ store, log, mailboxes, logger: silentLogger })
  return { subscribe, cost, close: () => store.close() }
}

test('two thousand sessions are replayed in order, one mailbox at a time, without holding the loop', async () => {
  const core = await freshCore()
  const count = 2_000
  const stampsOf = Array.from({ length: count }, (_, index) => [
    index + 1,
    ...(index % 2 === 0 ? [count + index / 2 + 1] : []),
  ])
  await makeSessions(core, stampsOf)
  const { subscribe, cost, close } = await watched(core)
  let turns = 0
  const timer = setInterval(() => (turns += 1), 1)
  const cursors: number[] = []
  for await (const { cursor } of subscribe('beginning')) {
    cursors.push(stampOf(cursor))
    if (cursors.length === 1.5 * count) break
  }
  clearInterval(timer)
  expect(cursors).toEqual(Array.from({ length: 1.5 * count }, (_, index) => index + 1))
  expect(cost).toMatchObject({ openAtOnce: 0, mostAtOnce: 1 })
  // Each once: what they have fits into one batch.
  expect(cost.opened).toBe(count)
  expect(turns).toBeGreaterThan(20)

  const before = cost.opened
  const later = createCursors(core.installId).toCursor(1.5 * count - 5)
  const rest: number[] = []
  for await (const { cursor } of subscribe(later)) if (rest.push(stampOf(cursor)) === 5) break
  expect(rest).toEqual([2996, 2997, 2998, 2999, 3000])
  // Sessions without news are not visited.
  expect(cost.opened - before).toBe(5)
  await close()
  // Reading leaves nothing behind beside a session's files.
  const [one] = await core.sessions.list()
  const { inbound } = core.layout.session(one?.agentGroupId ?? '', one?.id ?? '')
  expect(await readdir(inbound)).toEqual(['inbound.db'])
}, 120_000)
