import { mkdir, mkdtemp, readFile, readdir, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { createContainerLog } from '../../src/session/container-log.ts'

const clock = { now: () => Date.parse('2026-11-22T14:05:00.000Z') }
const at = '2026-11-22T14:05:00.000Z'
let folder: string
let troubles: unknown[]
const onTrouble = (error: unknown) => void troubles.push(error)

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'nanoclaw-log-'))
  troubles = []
})

afterEach(() => rm(folder, { recursive: true, force: true }))

const read = (name = 'container.log') => readFile(join(folder, name), 'utf8')

test('lines come in order with their time, for the host alone, and go on where they ended', async () => {
  for (const round of [1, 2]) {
    const log = createContainerLog({ folder, clock, onTrouble })
    log.line(`one of ${round}`)
    log.line('clears \u001b[2Jyour screen\n')
    await log.close()
  }
  const lines = [1, 2].flatMap((n) => [`${at} one of ${n}`, `${at} clears �[2Jyour screen�`])
  expect(await read()).toBe(`${lines.join('\n')}\n`)
  expect((await stat(join(folder, 'container.log'))).mode & 0o777).toBe(0o600)
})

test('a flood is dropped and counted, and takes two files at most', async () => {
  const maxBytes = 20_000
  const log = createContainerLog({ folder, clock, onTrouble, maxBytes, bytesPerSecond: 5_000 })
  for (let n = 0; n < 100_000; n += 1) log.line('x'.repeat(99))
  await log.close()
  const text = await read()
  expect(text.split('\n').filter((line) => line.endsWith('x'))).toHaveLength(50)
  expect(text).toContain('(99950 lines dropped')
  for (let round = 0; round < 20; round += 1) {
    const next = createContainerLog({ folder, clock, onTrouble, maxBytes, bytesPerSecond: 5_000 })
    for (let n = 0; n < 50; n += 1) next.line('y'.repeat(99))
    await next.close()
  }
  const sizes = await Promise.all(
    (await readdir(folder)).map(async (name) => (await stat(join(folder, name))).size),
  )
  expect(sizes).toHaveLength(2)
  expect(Math.max(...sizes)).toBeLessThan(maxBytes + 10_000)
})

test('a file that cannot be written is told of once and stops nothing', async () => {
  await mkdir(join(folder, 'container.log'))
  const log = createContainerLog({ folder, clock, onTrouble })
  log.line('one')
  log.line('two')
  await log.close()
  log.line('three')
  await log.close()
  expect(troubles).toHaveLength(1)
})
