import type { ReadOutcome, ReadRequest } from '@nanoclaw/core'
import { expect, it, onTestFinished } from 'vitest'
import { ReaderPool } from '../../src/reader/reader-pool.ts'
import type { ReaderSlot } from '../../src/reader/reader-slot.ts'
import { silentLogger } from './workbench.ts'

/** Slots of which the first is up, and the second cannot be started: the first read of `stuck` hangs. */
function slots() {
  const stuck = Promise.withResolvers<void>()
  let made = 0
  const createSlot = (): ReaderSlot => {
    made += 1
    const own = made
    const slot: unknown = {
      isUp: own !== 2,
      warm: async () => {
        if (own === 2) throw new Error('no more processes')
      },
      read: async ({ sessionId }: ReadRequest) => {
        if (sessionId === 'stuck') await stuck.promise
        return { outcome: { outcome: 'busy' }, ms: 0 }
      },
      forget: () => undefined,
      stop: () => Promise.resolve(),
    }
    return slot as ReaderSlot
  }
  return { createSlot, release: stuck.resolve }
}

const minute = 60_000

function poolOf(createSlot: () => ReaderSlot) {
  const pool = new ReaderPool({
    createSlot,
    logger: silentLogger,
    limits: {
      ...{ lanes: 2, wards: 1, patienceMs: 5, slowMs: minute, strikeMs: minute },
      ...{ idleMs: minute, wardIdleMs: minute, closeMs: minute },
    },
  })
  onTestFinished(() => pool.stop(() => new Error('over')))
  return (sessionId: string) =>
    new Promise<ReadOutcome>((resolve, reject) => {
      const none = { after: 0, largestSeq: 0, limit: 1, ackIds: [] }
      pool.add({ agentGroupId: 'agent', sessionId, ...none }, resolve, reject)
    })
}

it('a process that could not be started is tried again, so that nobody waits for one that is stuck', async () => {
  const { createSlot, release } = slots()
  const read = poolOf(createSlot)
  await read('one')
  await read('two')
  const isStuck = read('stuck').then(() => 'stuck')
  const isRead = read('one').then(() => 'one')
  expect(await Promise.race([isStuck, isRead])).toBe('one')
  release()
  await isStuck
})

it('a process is started for who waits behind a second read of the session that is stuck', async () => {
  const { createSlot, release } = slots()
  const read = poolOf(createSlot)
  await read('one')
  const isStuck = read('stuck').then(() => 'stuck')
  const isStuckAgain = read('stuck').then(() => 'stuck again')
  const isRead = read('one').then(() => 'one')
  expect(await Promise.race([isStuck, isStuckAgain, isRead])).toBe('one')
  release()
  await Promise.all([isStuck, isStuckAgain])
})
