import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { withLock } from '../../scripts/lib/lock.mjs'
import { makeClone, run, write } from './clone.ts'

const COUNT_UP = `
  import { readFileSync, writeFileSync } from 'node:fs'
  import { setImmediate as later } from 'node:timers/promises'
  import { withLock } from './scripts/lib/lock.mjs'
  await withLock('lock', async () => {
    const n = Number(readFileSync('count', 'utf8'))
    for (let i = 0; i < 200; i += 1) await later()
    writeFileSync('count', String(n + 1))
  })`

test('of several processes, one at a time does the work', async () => {
  const base = makeClone()
  write(base, 'count', '0')
  write(base, 'count-up.mjs', COUNT_UP)
  const runs = Array.from({ length: 6 }, () => run(base, ['count-up.mjs']).ended)
  expect((await Promise.all(runs)).map(({ code }) => code)).toEqual([0, 0, 0, 0, 0, 0])
  expect(readFileSync(join(base, 'count'), 'utf8')).toBe('6')
  expect(readdirSync(join(base, 'lock'))).toEqual([])
})

test('the lock of a process that has died is taken over, also when its pid is used again', async () => {
  const base = makeClone()
  write(base, `lock/lock.${process.pid}-1`, '') // this pid, but another start
  write(base, `lock/lock.4194304-1`, '') // above the greatest pid
  expect(await withLock(join(base, 'lock'), () => Promise.resolve('done'))).toBe('done')
  expect(readdirSync(join(base, 'lock'))).toEqual([])
})

test('whoever waits is told for whom, and goes on when the work has failed', async () => {
  const base = makeClone()
  write(
    base,
    'hold.mjs',
    `import { withLock } from './scripts/lib/lock.mjs'
    await withLock('lock', async () => {
      console.log('held')
      for await (const _ of process.stdin) ;
      throw new Error('failed')
    })`,
  )
  const holder = run(base, ['hold.mjs'])
  await holder.printed('held')
  const waitedFor: number[] = []
  const waiting = withLock(join(base, 'lock'), () => Promise.resolve('mine'), {
    onWait: (pid) => {
      waitedFor.push(pid)
      process.kill(pid, 'SIGKILL')
    },
  })
  expect(await waiting).toBe('mine')
  expect(waitedFor).toEqual([holder.pid])
  expect((await holder.ended).signal).toBe('SIGKILL')
})
