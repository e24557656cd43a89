import { mkdtemp, rm, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { SafetyNet, type SafetyNetDeps } from '../../src/session/safety-net.ts'

/** A net over files that were written long ago, and counts of what it asks for. */
async function net(has: { isDue?: boolean; isActive?: boolean } = {}) {
  const folder = await mkdtemp(join(tmpdir(), 'nanoclaw-net-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  const paths = { inboundDb: join(folder, 'in'), outboundDb: join(folder, 'out') }
  const write = async (content: string, at: number): Promise<void> => {
    for (const path of Object.values(paths)) {
      await writeFile(path, content)
      await utimes(path, at, at)
    }
  }
  await write('a', 1_000_000)
  const asked = { looks: 0, wakes: 0 }
  const state = {
    isFailing: false,
    isStale: false,
    isDue: false,
    isActive: false,
    rings: 0,
    ...has,
  }
  const deps: unknown = {
    core: { journal: 'delete', layout: { session: () => paths } },
    session: { agentGroupId: 'agent', id: 'session' },
    work: {
      due: [],
      get isDue() {
        return state.isDue
      },
      get isStale() {
        return state.isStale
      },
    },
    drainer: {
      get rings() {
        return state.rings
      },
      ring: () => undefined,
    },
    keeper: {
      get isActive() {
        return state.isActive
      },
      isRunning: false,
    },
    lookAgain: async () => {
      asked.looks += 1
      if (state.isFailing) throw new Error('the thread has ended')
    },
    wake: () => (asked.wakes += 1),
  }
  return { net: new SafetyNet(deps as SafetyNetDeps), state, asked, write }
}

it('a session in which nothing is written is looked into once', async () => {
  const { net: safety, asked } = await net()
  for (let tick = 0; tick < 5; tick += 1) await safety.look()
  expect(asked).toEqual({ looks: 1, wakes: 0 })
})

it('what others have written is looked for again until a look succeeds', async () => {
  const { net: safety, state, asked, write } = await net()
  await safety.look()
  await write('b', 2_000_000)
  state.isFailing = true
  for (let tick = 0; tick < 2; tick += 1) await expect(safety.look()).rejects.toThrow('thread')
  state.isFailing = false
  for (let tick = 0; tick < 3; tick += 1) await safety.look()
  expect(asked.looks).toBe(4)
})

it('a look that somebody else has made in vain is made again', async () => {
  const { net: safety, state, asked } = await net()
  await safety.look()
  state.isStale = true
  await safety.look()
  expect(asked.looks).toBe(2)
})

it('what is due is woken for again when nobody keeps a container for it any more', async () => {
  const { net: safety, state, asked } = await net({ isDue: true, isActive: true })
  await safety.look()
  expect(asked.wakes).toBe(0)
  state.isActive = false
  await safety.look()
  expect(asked.wakes).toBe(1)
})

it('of a session that has rung since the last tick the files are looked at every fifth time', async () => {
  const { net: safety, state, asked, write } = await net()
  await safety.look()
  for (let tick = 1; tick <= 10; tick += 1) {
    await write('b', 2_000_000 + tick)
    state.rings += 1
    await safety.look()
  }
  expect(asked.looks).toBe(3)
  await write('c', 3_000_000)
  await safety.look()
  expect(asked.looks).toBe(4)
})
