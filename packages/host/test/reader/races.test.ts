import { chown, readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { openDatabase } from '@nanoclaw/schema/database'
import { describe, expect, onTestFinished, test } from 'vitest'
import { mostStallMs } from '../../../../test/support/loop-meter.ts'
import { calmestOf, createBench, runHostile } from './workbench.ts'

describe('a race against the reader', () => {
  // In DELETE mode each read opens its file afresh, and so each can be raced; in WAL mode a file
  // stays open once it was found sound, and there is nothing left to race.
  test.each([
    { journal: 'delete', how: 'opened afresh' },
    { journal: 'wal', how: 'kept open' },
  ] as const)(
    "[X4] thousands of reads against a swap with a link to another session's file, $how: none leaks",
    async ({ journal }) => {
      const bench = await createBench({ journal })
      const hostile = await bench.session('hostile')
      const victim = await bench.session('victim')
      await victim.read()
      await runHostile('swap-link', hostile.files.outbound, victim.files.outbound)

      let own = 0
      let caught = 0
      let leaked = 0
      const stallMs = await calmestOf(async () => {
        for (let index = 0; index < 3_000; index += 1) {
          const found = await hostile.read()
          if (JSON.stringify(found).includes('victim')) leaked += 1
          if (found.outcome === 'rows') own += 1
          if (found.outcome !== 'violation') continue
          if (/exchanged|another file/.test(found.reason)) caught += 1
        }
      })

      expect(leaked).toBe(0)
      expect(own).toBeGreaterThan(0)
      // Else there was no race.
      if (journal === 'delete') expect(caught).toBeGreaterThan(0)
      expect(await victim.read()).toMatchObject({ outcome: 'rows', rows: [{ content: 'victim' }] })
      expect(stallMs).toBeLessThan(mostStallMs)
    },
    120_000,
  )

  test.each(['exchange-link', 'exchange-file', 'exchange-wal', 'exchange-shm'])(
    '[X4] %s in a tight race against a file that is kept open: none leaks',
    async (attack) => {
      const bench = await createBench()
      const hostile = await bench.session('hostile')
      const victim = await bench.session('victim')
      // What it has written last is in its log.
      const writer = openDatabase({ path: victim.files.outboundDb, kind: 'outbound' })
      writer.sqlite.exec("UPDATE messages_out SET content = 'victim in the log'")
      onTestFinished(() => writer.close())
      await hostile.read()
      await runHostile(attack, hostile.files.outbound, victim.files.outbound)

      const found = new Map<string, number>()
      const until = performance.now() + 1_200
      for (let reads = 0; reads < 3_000 && performance.now() < until; reads += 1) {
        const read = await hostile.read()
        expect(JSON.stringify(read)).not.toContain('victim')
        found.set(read.outcome, (found.get(read.outcome) ?? 0) + 1)
      }
      // Else there was no race.
      expect([...found.keys()]).toContain(attack === 'exchange-file' ? 'rows' : 'violation')
      expect(await victim.read()).toMatchObject({ rows: [{ content: 'victim in the log' }] })
    },
  )

  test('[X4] a FIFO swapped in after the check: killed at the deadline, others go on', async () => {
    const deadlineMs = 300
    const bench = await createBench({ deadlineMs, journal: 'delete' })
    const hostile = await bench.session('hostile')
    const victim = await bench.session('victim')
    await victim.read()
    await runHostile('swap-fifo', hostile.files.outbound)

    const stallMs = await calmestOf(async () => {
      let hung = 0
      for (let index = 0; index < 20_000 && hung === 0; index += 1) {
        const found = await hostile.read()
        if (found.outcome === 'deadline') hung += 1
      }
      expect(hung).toBe(1)
    })
    expect(await victim.read()).toMatchObject({ outcome: 'rows', rows: [{ content: 'victim' }] })
    expect(stallMs).toBeLessThan(mostStallMs)
  }, 120_000)

  test('[X4] shared memory truncated while mapped: the reader dies of it and is replaced', async () => {
    const bench = await createBench()
    const hostile = await bench.session('hostile')
    const victim = await bench.session('victim')
    await victim.read()
    await runHostile('shm-truncated', hostile.files.outbound)

    const stallMs = await calmestOf(async () => {
      let died = ''
      for (let index = 0; index < 20_000 && died === ''; index += 1) {
        const found = await hostile.read()
        if (found.outcome === 'violation' && /signal/.test(found.reason)) died = found.reason
      }
      expect(died).toMatch(/SIGBUS/)
    })
    expect(await victim.read()).toMatchObject({ outcome: 'rows', rows: [{ content: 'victim' }] })
    expect(stallMs).toBeLessThan(mostStallMs)
  }, 120_000)
})

describe('a runner of ours', () => {
  test('can write where the reader was first: what SQLite makes belongs to the file’s owner', async () => {
    const bench = await createBench()
    const { files, read } = await bench.session('first')
    const isRoot = process.getuid?.() === 0
    const owner = isRoot ? 12_345 : (await stat(files.outboundDb)).uid
    if (isRoot) {
      await chown(files.outbound, owner, owner)
      await chown(files.outboundDb, owner, owner)
    }
    expect(await read()).toMatchObject({ outcome: 'rows', rows: [{ content: 'first' }] })
    const names = (await readdir(files.outbound)).toSorted()
    expect(names).toEqual(['outbound.db', 'outbound.db-shm', 'outbound.db-wal'])
    for (const name of names) {
      const { uid, mode } = await stat(join(files.outbound, name))
      expect([name, uid, mode & 0o600]).toEqual([name, owner, 0o600])
    }
  })

  test('killed in the middle of a transaction, leaves what it had committed', async () => {
    const bench = await createBench()
    const session = await bench.session('first')
    await runHostile('killed-writer', session.files.outbound)
    const found = await session.read()
    expect(found).toMatchObject({ outcome: 'rows', more: false })
    const seqs = found.outcome === 'rows' ? found.rows.map((row) => row.seq) : []
    expect(seqs).toEqual(Array.from({ length: 20 }, (_, index) => 2 * index + 1))
  })

  test('that writes and checkpoints all the time is read without gaps', async () => {
    const bench = await createBench()
    const session = await bench.session('first')
    await runHostile('busy-writer', session.files.outbound)
    let after = 0
    let busy = 0
    for (let index = 0; index < 500; index += 1) {
      const found = await session.read({ after, largestSeq: after })
      if (found.outcome === 'busy') busy += 1
      else expect(found.outcome, JSON.stringify(found)).toBe('rows')
      if (found.outcome !== 'rows') continue
      for (const row of found.rows) {
        expect(row.seq).toBe(after === 0 ? 1 : after + 2)
        after = row.seq
      }
    }
    expect(after).toBeGreaterThan(1_000)
    expect(busy).toBeLessThan(250)
  }, 60_000)
})
