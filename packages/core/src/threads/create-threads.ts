import { NanoclawError } from '@nanoclaw/schema/plain'
import { oneOwner } from './one-owner.ts'
import { threadServices } from './services.ts'
import { createThreadPool } from './thread-pool.ts'
import { createThreadsHere } from './threads-here.ts'
import type { Threads } from './types.ts'

/** So many take 300 messages a second to a disk whose syncs take 20 ms, two of the host's each. */
const defaultMaximum = 16
const mostThreads = 128

/** The database threads of a core: at most `maximum`; 0: none. Throws `bad-option`. */
export function createThreads(maximum = defaultMaximum): Threads {
  if (!Number.isSafeInteger(maximum) || maximum < 0 || maximum > mostThreads) {
    throw new NanoclawError(
      'bad-option',
      `expected databaseThreads as a whole number from 0 to ${mostThreads}, got ${maximum}`,
    )
  }
  return maximum === 0 ? createThreadsHere(threadServices) : oneOwner(createThreadPool({ maximum }))
}
