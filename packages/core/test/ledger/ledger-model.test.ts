import { timestamp } from '@nanoclaw/schema'
import { openDatabase } from '@nanoclaw/schema/database'
import fc from 'fast-check'
import { afterAll, expect, it } from 'vitest'
import type { EventRecorder } from '../../src/events/event-log.ts'
import { sharedInbound } from '../../src/mailbox/inbound-connection.ts'
import { createSqliteMailbox } from '../../src/mailbox/sqlite-mailbox.ts'
import { createFakeClock, createSequentialIds } from '../../src/testing.ts'
import { compareAll } from './compare-ledgers.ts'
import { ledgerCommands, type RealLedger } from './ledger-commands.ts'
import { LedgerModel } from './ledger-model.ts'

const runs = 10_000
const tables = ['messages_in', 'delivered', 'delivered_parts', 'events', 'host_state']

// One database for all runs: making one takes longer than a run.
const database = openDatabase({ path: ':memory:', kind: 'inbound', create: true })
// Statements are prepared once, too, but for those of a restart.
const kept = sharedInbound(database, 'the ledger')
const clock = createFakeClock()
const ids = createSequentialIds()
let stamps = 0
const record: EventRecorder = async (most, commit) => {
  const { value } = await commit({ first: stamps + 1, at: timestamp(clock) })
  stamps += most
  return value
}

function emptyLedger(): { readonly model: LedgerModel; readonly real: RealLedger } {
  for (const table of tables) database.sqlite.exec(`DELETE FROM ${table}`)
  const open = (connect: typeof kept) =>
    createSqliteMailbox({ sessionId: 'sess-00000001', connection: connect(), clock, ids, record })
  const reopen = () => open(sharedInbound(database, 'the ledger'))
  const real: RealLedger = { mailbox: open(kept), clock, reopen, newId: () => ids.next('out') }
  return { model: new LedgerModel(clock.now()), real }
}

const commandsOf = fc.commands([...ledgerCommands], { maxCommands: 12, size: '+1' })
let ended = 0
let made = 0
afterAll(() => database.close())

it(`is what a page of code says, in ${runs} runs of any commands in any order`, async () => {
  await fc.assert(
    fc.asyncProperty(commandsOf, async (commands) => {
      const { model, real } = emptyLedger()
      await fc.asyncModelRun(() => ({ model, real }), commands)
      await compareAll(model, real.mailbox, timestamp(clock))
      made += [...commands].length
      ended += model.sorted.filter(({ status }) => status === 'delivered').length
    }),
    { numRuns: runs },
  )
  // The commands go far enough to matter.
  expect(made / runs).toBeGreaterThan(5)
  expect(ended).toBeGreaterThan(runs / 200)
  // Half a minute of a free machine, many of a busy one.
}, 1_200_000)
