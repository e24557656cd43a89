import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { ReadOutcome } from '@nanoclaw/core'
import { describe, expect, test } from 'vitest'
import { mostStallMs } from '../../../../test/support/loop-meter.ts'
import { calmestOf, createBench, runHostile } from './workbench.ts'

const deadlineMs = 1_000
/** A process that was killed is replaced, on a machine that is busy. */
const startMs = 2_000

interface Attack {
  readonly name: string
  readonly title: string
  readonly outcome: ReadOutcome['outcome'] | readonly ReadOutcome['outcome'][]
  readonly reason?: RegExp
  /** It changes the journal mode, which SQLite refuses while the reader has the file open. */
  readonly whileClosed?: true
}

const attacks: readonly Attack[] = [
  {
    name: 'fifo-database',
    title: '[X4] a FIFO in place of the file',
    outcome: 'violation',
    reason: /outbound\.db is not a regular file/,
  },
  {
    name: 'fifo-journal',
    title: '[X4] a FIFO in place of the journal',
    outcome: 'violation',
    reason: /-journal is not a regular file/,
  },
  {
    name: 'fifo-wal',
    title: '[X4] a FIFO in place of the log',
    outcome: 'violation',
    reason: /-wal is not a regular file/,
  },
  {
    name: 'fifo-shm',
    title: '[X4] a FIFO in place of the shared memory',
    outcome: 'violation',
    reason: /-shm is not a regular file/,
  },
  {
    name: 'socket-database',
    title: '[X4] a socket in place of the file',
    outcome: 'violation',
    reason: /not a regular file|missing/,
  },
  {
    name: 'link-other-session',
    title: "[X4] a link to another session's file",
    outcome: 'violation',
    reason: /not a regular file/,
  },
  {
    name: 'link-dev-zero',
    title: '[X4] a link to /dev/zero',
    outcome: 'violation',
    reason: /not a regular file/,
  },
  {
    name: 'link-shm',
    title: "[X4] shared memory that is a link to another session's file",
    outcome: 'violation',
    reason: /-shm is not a regular file/,
  },
  {
    name: 'link-wal-nowhere',
    title: '[X4] a log that is a link to a file yet to be made',
    outcome: 'violation',
    reason: /-wal is not a regular file/,
  },
  {
    name: 'endless-view',
    title: '[X4] messages_out as a view that never ends',
    outcome: 'violation',
    reason: /schema is not that of version/,
  },
  {
    name: 'huge-row',
    title: '[X4] a row of 64 MB',
    // What an agent has to say is no evidence; but it is not loaded.
    outcome: 'rows',
  },
  {
    name: 'huge-schema',
    title: '[X4] a schema of two hundred thousand tables',
    outcome: ['violation', 'deadline'],
  },
  {
    name: 'locked-shm',
    title: '[X4] [S6] read locks of the shared memory held by somebody else',
    outcome: 'deadline',
    reason: /more than 1000 ms/,
  },
  {
    name: 'locked-exclusively',
    title: '[X4] [S6] a file locked exclusively for ever',
    outcome: 'busy',
    whileClosed: true,
  },
  {
    name: 'corrupt-pages',
    title: '[X4] corrupt pages',
    outcome: 'violation',
    reason: /SQLITE_CORRUPT/,
  },
  {
    name: 'sparse-file',
    title: '[X4] a sparse file of 900 MB',
    outcome: ['violation', 'rows'],
  },
  {
    name: 'foreign-journal',
    title: '[X4] a journal of another database',
    outcome: 'violation',
    reason: /rollback journal/,
    whileClosed: true,
  },
]

describe('a hostile container', () => {
  const onKeptFiles = attacks
    .filter(({ whileClosed }) => whileClosed !== true)
    .map((attack) => ({ ...attack, title: `${attack.title}, of a file that is kept open` }))
  const rounds = [
    ...attacks.map((attack) => ({ ...attack, readBefore: false })),
    ...onKeptFiles.map((attack) => ({ ...attack, readBefore: true })),
  ]
  for (const { name, title, outcome, reason, readBefore } of rounds) {
    test(`${title}: given up in time, others go on`, async () => {
      const bench = await createBench({ deadlineMs })
      const hostile = await bench.session('hostile')
      const victim = await bench.session('victim')
      expect(await victim.read()).toMatchObject({ outcome: 'rows' })
      if (readBefore) expect(await hostile.read()).toMatchObject({ outcome: 'rows' })
      await runHostile(name, hostile.files.outbound, victim.files.outbound)

      // A reader that is being killed holds its locks until it is gone.
      const judged = async () => {
        let found = await hostile.read()
        while (found.outcome === 'busy' && outcome !== 'busy') found = await hostile.read()
        return found
      }
      const stallMs = await calmestOf(async () => {
        const start = performance.now()
        const [first, others] = await Promise.all([
          judged().then((result) => ({ result, tookMs: performance.now() - start })),
          victim.read(),
        ])
        expect([outcome].flat()).toContain(first.result.outcome)
        if (reason !== undefined) {
          expect(first.result).toMatchObject({ reason: expect.stringMatching(reason) as unknown })
        }
        expect(JSON.stringify(first.result)).not.toContain('"victim"')
        expect(first.tookMs).toBeLessThan(deadlineMs + startMs)
        expect(others).toMatchObject({ outcome: 'rows', rows: [{ content: 'victim' }] })
      })
      expect(existsSync(join(victim.files.outbound, 'made-by-the-reader'))).toBe(false)
      expect(stallMs).toBeLessThan(mostStallMs)
    })
  }
})
