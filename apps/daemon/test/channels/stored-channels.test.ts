import {
  lstatSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { readStored, writeStored } from '../../src/channels/stored-channels.ts'

let home = ''
let file = ''

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'nc-stored-'))
  file = join(home, 'config.json')
})

afterEach(() => rmSync(home, { recursive: true, force: true }))

it('writes a new file for this user alone, in a home that is made', async () => {
  const deep = join(home, 'a', 'config.json')
  await writeStored(deep, () => [{ adapter: 'x' }])
  expect(await readStored(deep)).toEqual([{ adapter: 'x' }])
  expect(statSync(deep).mode & 0o777).toBe(0o600)
})

it('keeps what else is in the file, and takes it away from others', async () => {
  writeFileSync(file, '{"driver":"process","channels":[{"adapter":"x"}]}', { mode: 0o644 })
  await writeStored(file, (channels) => [...channels, { adapter: 'y', instance: 'b' }])
  expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual({
    driver: 'process',
    channels: [{ adapter: 'x' }, { adapter: 'y', instance: 'b' }],
  })
  expect(statSync(file).mode & 0o777).toBe(0o600)
  expect(readdirSync(home)).toEqual(['config.json'])
})

it('writes through a link, which stays', async () => {
  const target = join(home, 'elsewhere.json')
  writeFileSync(target, '{"driver":"process"}')
  symlinkSync('elsewhere.json', file)
  await writeStored(file, () => [{ adapter: 'x' }])
  expect(lstatSync(file).isSymbolicLink()).toBe(true)
  expect(JSON.parse(readFileSync(target, 'utf8'))).toEqual({
    driver: 'process',
    channels: [{ adapter: 'x' }],
  })
})

it('leaves the old file where a new one cannot be written', async () => {
  writeFileSync(file, '{"channels":[{"adapter":"x"}]}')
  const broken = (): never => {
    throw new Error('changed its mind')
  }
  await expect(writeStored(file, broken)).rejects.toThrow('changed its mind')
  expect(await readStored(file)).toEqual([{ adapter: 'x' }])
  expect(readdirSync(home)).toEqual(['config.json'])
})
