import { expect, test } from 'vitest'
import { canonicalJson, type Core } from '../../src/index.ts'
import { freshCore } from '../home.ts'
import { beside } from '../approvals/people.ts'

const entry = (subject: string) =>
  ({ kind: 'command', actor: 'operator', subject, details: { b: 1, a: [null, 'x'] } }) as const

async function written(count: number): Promise<Core> {
  const core = await freshCore()
  for (let index = 1; index <= count; index += 1) await core.audit.write(entry(`s${index}`))
  return core
}

test('entries are numbered, each names the one before, and the chain is sound', async () => {
  const core = await written(3)
  const [first, second, third] = await core.audit.list()
  expect(first).toMatchObject({
    number: 1,
    previous: '0'.repeat(64),
    details: '{"a":[null,"x"],"b":1}',
  })
  expect(second).toMatchObject({ number: 2, previous: first?.hash })
  expect(await core.audit.list({ after: 1, limit: 1 })).toEqual([second])
  expect(await core.audit.newest(1)).toEqual([third])
  const last = { number: 3, hash: third?.hash }
  expect(await core.audit.verify()).toEqual({ isSound: true, last })
})

test('the database itself lets no entry be changed or removed', async () => {
  const sqlite = beside(await written(1))
  expect(() => sqlite.exec(`UPDATE audit_log SET actor = 'x'`)).toThrow('only grows')
  expect(() => sqlite.exec('DELETE FROM audit_log')).toThrow('only grows')
})

test.each([
  ['changed', `UPDATE audit_log SET actor = 'x' WHERE number = 2`, 2],
  ['changed with its hash', `UPDATE audit_log SET hash = '${'1'.repeat(64)}' WHERE number = 2`, 2],
  ['taken out', 'DELETE FROM audit_log WHERE number = 2', 2],
  ['cut off', 'DELETE FROM audit_log WHERE number > 1', 2],
])('an entry that was %s by somebody with the file is found', async (_what, sql, number) => {
  const core = await written(4)
  const seen = await core.audit.verify()
  const sqlite = beside(core)
  sqlite.exec('DROP TRIGGER audit_log_keeps_rows; DROP TRIGGER audit_log_keeps_words')
  sqlite.exec(sql)
  const mark = seen.isSound ? seen.last : undefined
  expect(await core.audit.verify(mark)).toMatchObject({ isSound: false, number })
})

test('another chain with as many entries is not the one that was marked', async () => {
  const [one, other] = [await written(2), await written(2)]
  const seen = await one.audit.verify()
  if (!seen.isSound) throw new Error('sound')
  const mark = { ...seen.last, number: 1 }
  expect(await other.audit.verify(mark)).toMatchObject({ isSound: false, number: 1 })
})

test('canonical JSON has one form for one meaning, and refuses what JSON cannot say', () => {
  expect(canonicalJson({ b: 1e21, a: '\u2028"', __proto__: null, c: undefined })).toBe(
    canonicalJson({ a: '\u2028"', b: 1e21 }),
  )
  expect(canonicalJson({ '\u{10000}': 1, '\uffff': 2 })).toBe('{"\u{10000}":1,"\uffff":2}')
  for (const bad of [Number.NaN, 1n, { a: () => 1 }, undefined]) {
    expect(() => canonicalJson(bad)).toThrow('expected JSON')
  }
  let deep: unknown = 1
  for (let level = 0; level < 100_000; level += 1) deep = [deep]
  expect(() => canonicalJson(deep)).toThrow('more than 64 levels')
})
