// A thread's program for tests: files that count, wait, fail and die as they are told.
import { fileURLToPath } from 'node:url'
import { parentPort, threadId } from 'node:worker_threads'
import { NanoclawError } from '@nanoclaw/schema/plain'
import { serveThread } from '../../../src/threads/serve-thread.ts'

interface CounterOptions {
  readonly from: number
  /** Where it counts, whichever thread it is in; else it begins anew in each. */
  readonly shared?: SharedArrayBuffer
}

function openCounter({ from, shared }: CounterOptions) {
  const counts = new Int32Array(shared ?? new SharedArrayBuffer(4))
  if (shared === undefined) counts[0] = from
  if (from < 0) throw new NanoclawError('bad-option', `expected a number from 0, got ${from}`)
  return {
    methods: {
      add: (amount: number) => (counts[0] = (counts[0] ?? 0) + amount),
      thread: () => threadId,
      wait: (ms: number) => void Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms),
      failAsSqlite: () => {
        throw Object.assign(new Error('database is locked'), { code: 'SQLITE_BUSY_SNAPSHOT' })
      },
      failAsOurs: () => {
        const cause = Object.assign(new TypeError('under it'), { code: 'SQLITE_FULL' })
        throw new NanoclawError('disk-full', 'no space left', { cause })
      },
      answerWithNoData: () => () => 1,
      die: () => process.exit(3),
    },
    close: () => undefined,
  }
}

/** What the files of kind `counter` can do. */
export type Counter = ReturnType<typeof openCounter>['methods']

/** This program. */
export const countingEntry = fileURLToPath(import.meta.url)

if (parentPort !== null) serveThread(parentPort, { counter: openCounter })
