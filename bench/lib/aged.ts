import type { MakeSessionDriver } from '@nanoclaw/host'
import { createLayout } from '@nanoclaw/schema'
import { openDatabase } from '@nanoclaw/schema/database'
import { startBenchHost, type BenchHome } from './bench-host.ts'
import { fillHistory } from './fill-history.ts'

/** A home whose one session has so many rows behind it. */
export interface Aged {
  readonly name: string
  readonly rows: number
  readonly home: BenchHome
}

/** Stamps of generated events are as if this home had given them. */
function raiseCeiling(home: string, rows: number): void {
  const central = openDatabase({ path: createLayout(home).centralDb, kind: 'central' })
  const ceiling = 10 * rows + 1_000_000
  central.sqlite.prepare(`UPDATE meta SET value = ? WHERE key = 'event_ceiling'`).run(`${ceiling}`)
  central.close()
}

/** Makes one, by really answering a message in it and copying what that left. */
export async function makeAged(
  name: string,
  rows: number,
  driver: MakeSessionDriver,
): Promise<Aged> {
  const host = await startBenchHost({ driver, keep: true })
  await host.roundTrip('the first')
  await host.stop()
  const { home, chats } = host
  if (rows > 0) {
    fillHistory(host.files(), rows)
    raiseCeiling(home, rows)
  }
  return { name, rows, home: { home, chats } }
}
