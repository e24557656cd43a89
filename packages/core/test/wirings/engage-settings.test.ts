import { expect, test } from 'vitest'
import { compilePattern, type Core } from '../../src/index.ts'
import { freshCore, makeChat, wiredPair } from '../home.ts'

const unusable = [
  ['', /1 to 500/],
  ['x'.repeat(501), /1 to 500/],
  ['(', /missing closing/],
  ['(?=x)', /RE2/],
  [String.raw`(a)\1`, /RE2/],
] as const

test('[W4] an expression that backtracks for ever elsewhere is decided at once', async () => {
  const evil = await compilePattern('^(a+)+$')
  const start = performance.now()
  expect(evil(`${'a'.repeat(3_000)}!`)).toBe(false)
  expect(performance.now() - start).toBeLessThan(500)
  const found = await compilePattern(String.raw`(?i)\bmax\b`)
  expect([found('hey MAX!'), found('maximum')]).toEqual([true, false])
})

test('only the beginning of a long text is looked at', async () => {
  const found = await compilePattern('x')
  expect([found(`${'a'.repeat(3_999)}x`), found(`${'a'.repeat(4_000)}x`)]).toEqual([true, false])
})

test('[W4] a pattern that is none is an error where it is configured, and changes nothing', async () => {
  const core = await freshCore()
  const { agent } = await wiredPair(core)
  const office = await makeChat(core, 'office')
  const pair = { agentGroupId: agent.id, messagingGroupId: office.id }
  for (const [engagePattern, message] of unusable) {
    const wiring = { ...pair, engageMode: 'pattern' as const, engagePattern }
    await expect(core.wirings.create(wiring)).rejects.toMatchObject({
      code: 'bad-option',
      message: expect.stringMatching(message),
    })
  }
  await expect(core.wirings.create({ ...pair, engageMode: 'pattern' })).rejects.toMatchObject({
    code: 'bad-option',
  })
  expect(await core.wirings.forChat(office.id)).toEqual([])
  expect(await core.destinations.list(agent.id)).toHaveLength(1)

  const { wiring } = await core.wirings.create(pair)
  await expect(core.wirings.update(wiring.id, { engagePattern: '(' })).rejects.toMatchObject({
    code: 'bad-option',
  })
  await expect(core.wirings.update(wiring.id, { engageMode: 'pattern' })).rejects.toMatchObject({
    code: 'bad-option',
  })
  expect(await core.wirings.forChat(office.id)).toEqual([wiring])
})

test('a wiring is changed, and what is not said stays', async () => {
  const core = await freshCore()
  const { chat } = await wiredPair(core)
  const wiringOf = async (of: Core) => (await of.wirings.forChat(chat.id))[0]
  const before = await wiringOf(core)
  expect(before).toMatchObject({ engageMode: 'always', engagePattern: null, ignored: 'drop' })
  const id = before?.id ?? ''
  const change = { engageMode: 'pattern', engagePattern: '^!', ignored: 'accumulate' } as const
  expect(await core.wirings.update(id, change)).toEqual({ ...before, ...change })
  expect(await core.wirings.update(id, { priority: 3 })).toEqual({
    ...before,
    ...change,
    priority: 3,
  })
  expect(await wiringOf(core)).toEqual({ ...before, ...change, priority: 3 })
  await expect(core.wirings.update('wire-0', {})).rejects.toMatchObject({ code: 'not-found' })
})

test('where an agent was spoken to is known for each thread', async () => {
  const core = await freshCore()
  const { chat } = await wiredPair(core)
  const [wiring] = await core.wirings.forChat(chat.id)
  const id = wiring?.id ?? ''
  const { engage, isEngaged } = core.wirings
  expect(await isEngaged(id, 't1')).toBe(false)
  await engage(id, 't1')
  await engage(id, 't1')
  expect([
    await isEngaged(id, 't1'),
    await isEngaged(id, 't2'),
    await isEngaged(id, null),
    await isEngaged('wire-0', 't1'),
  ]).toEqual([true, false, false, false])
  await engage(id, null)
  expect(await isEngaged(id, null)).toBe(true)
})

test('a chat is strict unless somebody says otherwise', async () => {
  const core = await freshCore()
  const chat = await makeChat(core, 'family')
  expect(chat).toMatchObject({ unknownSenders: 'strict', kind: null })
  const open = { unknownSenders: 'public', kind: 'group' } as const
  expect(await core.chats.update(chat.id, open)).toEqual({ ...chat, ...open })
  expect(await core.chats.find(chat)).toEqual({ ...chat, ...open })
  const renamed = await core.chats.update(chat.id, { name: ' kin ' })
  expect(renamed).toEqual({ ...chat, ...open, name: 'kin' })
  await expect(core.chats.update(chat.id, { name: '' })).rejects.toMatchObject({
    code: 'bad-option',
  })
  await expect(core.chats.update('mg-0', open)).rejects.toMatchObject({ code: 'not-found' })
  const place = { channelType: 'test', platformId: 'street', name: 'street' }
  expect(await core.chats.create({ ...place, unknownSenders: 'public' })).toMatchObject({
    unknownSenders: 'public',
  })
})

test('who opened a chat, gave a role or took it is in the audit log', async () => {
  const core = await freshCore()
  const chat = await makeChat(core, 'family')
  await core.chats.update(chat.id, { kind: 'group' })
  await core.chats.update(chat.id, { unknownSenders: 'public' })
  const ann = { channelType: 'test', channelInstance: '', handle: 'ann' }
  const { id } = await core.people.add({ ...ann, role: { role: 'member' } }, 'per-1')
  await core.people.grantRole('test:ann', { role: 'member' }, 'per-2')
  await core.people.revokeRole('test:ann', { role: 'member' }, 'per-3')
  await core.people.remove('test:ann', 'per-4')
  const entries = await core.audit.list()
  expect(entries.map(({ kind, actor, subject }) => [kind, actor, subject])).toEqual([
    ['chat-changed', 'operator', chat.id],
    ['user-added', 'per-1', id],
    ['role-granted', 'per-1', id],
    ['role-revoked', 'per-3', id],
    ['user-removed', 'per-4', id],
  ])
})
