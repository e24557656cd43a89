import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { acquireLock } from '../../src/database.ts'
import { errorOf, runScript, tempFolder } from './workbench.ts'

const hold = `
  import { acquireLock } from '@nanoclaw/schema/database'
  globalThis.held = acquireLock(process.argv[1])
  console.log('held')
  process.stdin.resume()`

describe('acquireLock', () => {
  test('[X17] is held by one process, until it is killed', async () => {
    const path = join(await tempFolder(), 'lock.db')
    const holder = runScript(hold, [path])
    expect(await holder.firstWords).toBe('held\n')
    const start = performance.now()
    expect(errorOf(() => acquireLock(path)).code).toBe('home-in-use')
    expect(performance.now() - start).toBeLessThan(1_000)

    holder.child.kill('SIGKILL')
    await holder.ended
    acquireLock(path).release()
  })

  test('[X17] of many that try at once, one gets it', async () => {
    const path = join(await tempFolder(), 'lock.db')
    const tries = Array.from({ length: 4 }, () => runScript(hold, [path]))
    const words = await Promise.all(tries.map((one) => one.firstWords))
    expect(words.filter((word) => word === 'held\n').length).toBe(1)
  })

  test('can be taken again in the same process after its release', async () => {
    const path = join(await tempFolder(), 'lock.db')
    const first = acquireLock(path)
    expect(errorOf(() => acquireLock(path)).code).toBe('home-in-use')
    first.release()
    acquireLock(path).release()
  })

  test('says io where no file can be made', async () => {
    const path = join(await tempFolder(), 'missing', 'lock.db')
    expect(errorOf(() => acquireLock(path)).code).toBe('io')
  })
})
