import { readdirSync } from 'node:fs'
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, onTestFinished, test } from 'vitest'
import { DatabaseThread } from '../../src/threads/database-thread.ts'
import { OwnedFile, type Placing } from '../../src/threads/owned-file.ts'
import { createThreadPool } from '../../src/threads/thread-pool.ts'
import { freshCore } from '../home.ts'
import { threads as sessionsOf } from '../events/workbench.ts'
import { countingEntry, type Counter } from './support/counting-main.ts'

const dyingEntry = fileURLToPath(new URL('support/dying-main.ts', import.meta.url))

function poolOf(maximum: number, entry = countingEntry) {
  const pool = createThreadPool({ maximum, entry })
  onTestFinished(() => pool.close())
  return pool
}

describe('a file in a thread', () => {
  test('waits its turn, however much is asked of another', async () => {
    const pool = poolOf(1)
    const open = () => pool.open<Counter>('counter', { from: 0 })
    const [greedy, modest] = await Promise.all([open(), open()])
    await greedy.call('add', 1)
    let asked = 0
    const window = Array.from({ length: 20 }, async () => {
      while (asked < 400) {
        asked += 1
        await greedy.call('wait', 1)
      }
    })
    await greedy.call('wait', 1)
    await modest.call('add', 1)
    expect(asked).toBeLessThan(200)
    // What cannot be sent holds up nothing behind it.
    const calls = [() => 1, 2, 3].map((amount) => modest.call('add', amount as never))
    expect(await Promise.allSettled(calls)).toMatchObject([
      ...[{ reason: { name: 'DataCloneError' } }, { value: 3 }, { value: 6 }],
    ])
    asked = 400
    await Promise.all(window)
  })

  test('is open again soon after its thread has died of another’s request', async () => {
    const core = await freshCore({ databaseThreads: 0 })
    const [session] = await sessionsOf(core, 1)
    if (!session) throw new Error('a session')
    const { inboundDb: path } = core.layout.session(session.agentGroupId, session.id)
    const pool = poolOf(1, dyingEntry)
    await pool.open('inbound', { path, journal: 'wal' })
    const other = await pool.open<{ run(word: string): void }>('central', {
      path: core.layout.centralDb,
    })
    const logs = () => readdirSync(dirname(path)).filter((name) => name.startsWith('inbound.db-'))
    expect(logs()).toHaveLength(2)
    await expect(other.call('run', 'die before')).rejects.toMatchObject({ code: 'io' })
    await expect.poll(logs).toHaveLength(2)
  })

  test('that has moved is closed in both threads when it is closed', async () => {
    const threads = [0, 1].map(() => new DatabaseThread(countingEntry, () => undefined))
    const [first, second] = threads
    if (!first || !second) throw new Error('two threads')
    onTestFinished(() => Promise.all(threads.map((thread) => thread.end())).then(() => undefined))
    const places = [first]
    const placing: Placing = {
      placeFor: () => places.shift(),
      placed: () => undefined,
      isLeaving: () => false,
      waits: () => undefined,
    }
    const file = new OwnedFile({ file: 1, kind: 'counter', options: { from: 0 } }, placing)
    await file.open()
    const tally = { underWay: 0 }
    await first.ask({ type: 'open', file: 2, kind: 'counter', options: { from: 0 } }, tally)
    void first.ask({ type: 'call', file: 2, method: 'wait', args: [100] }, tally)
    file.moveTo(second)
    await file.ask('add', [1])
    await file.close()
    expect([first.waiting, second.waiting]).toEqual([0, 0])
  })
})
