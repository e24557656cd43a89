import { stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { createCore, type Core } from '../../src/index.ts'
import { createFaultPlan, createFaultyCore, createMemoryCore } from '../../src/testing.ts'
import { temporaryFolder } from '../home.ts'

const homeInUse = expect.objectContaining({ code: 'home-in-use' })
const closed = expect.objectContaining({ code: 'closed' })

async function onFiles(): Promise<{ home: string; open(): Promise<Core> }> {
  const home = join(await temporaryFolder(), 'home')
  const open = async () => {
    const core = await createCore({ home })
    onTestFinished(() => core.close())
    return core
  }
  return { home, open }
}

const kinds = {
  'on files': async () => (await onFiles()).open(),
  'in memory': () => createMemoryCore(),
}

describe.each(Object.entries(kinds))('a home %s', (_where, open) => {
  test('is held once, until it is let go', async () => {
    const core = await open()
    const lock = await core.lockHome()
    await expect(core.lockHome()).rejects.toEqual(homeInUse)
    lock.release()
    const next = await core.lockHome()
    lock.release()
    await expect(core.lockHome()).rejects.toEqual(homeInUse)
    next.release()
  })

  test('that is closed cannot be held', async () => {
    const core = await open()
    await core.close()
    await expect(core.lockHome()).rejects.toEqual(closed)
  })
})

test('two cores on one home know of each other’s hold, which ends with its core', async () => {
  const { home, open } = await onFiles()
  const [one, other] = [await open(), await open()]
  await one.lockHome()
  await expect(other.lockHome()).rejects.toMatchObject({
    code: 'home-in-use',
    message: expect.stringContaining(home),
  })
  await other.agents.create({ name: 'Ada' })
  await one.close()
  await other.lockHome()
  expect((await stat(other.layout.run)).mode & 0o777).toBe(0o700)
})

test('a crash frees the home, as a kill does', async () => {
  const { home } = await onFiles()
  const faults = createFaultPlan()
  const open = () => createFaultyCore({ home, faults })
  const core = await open()
  await core.lockHome()
  faults.crashAt('agents.list', 1, 'before')
  await expect(core.agents.list()).rejects.toThrow('simulated')
  const next = await open()
  await next.lockHome()
  await next.close()
})

test('a home in which nothing can be made says io', async () => {
  const { home, open } = await onFiles()
  const core = await open()
  await writeFile(join(home, 'run'), '')
  await expect(core.lockHome()).rejects.toMatchObject({ code: 'io' })
})
