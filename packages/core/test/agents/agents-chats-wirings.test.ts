import { stat } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { freshCore, makeChat } from '../home.ts'

test('agents get a folder each, named after them', async () => {
  const core = await freshCore()
  const max = await core.agents.create({ name: '  Max ' })
  expect(max).toMatchObject({
    name: 'Max',
    folder: 'max',
    provider: 'scripted',
    isAdmin: false,
    unaddressedOutput: 'scratchpad',
  })
  const again = await core.agents.create({
    name: 'Max',
    isAdmin: true,
    provider: 'other',
    unaddressedOutput: 'origin',
  })
  expect(again).toMatchObject({
    folder: 'max-2',
    isAdmin: true,
    provider: 'other',
    unaddressedOutput: 'origin',
  })
  expect((await stat(core.layout.agent('max-2'))).isDirectory()).toBe(true)
  expect(await core.agents.list()).toEqual([max, again])
  expect(await core.agents.get(max.id)).toEqual(max)
  expect(await core.agents.get('ag-unknown00')).toBeUndefined()
})

test('names and folders that cannot be used are refused', async () => {
  const core = await freshCore()
  const code = (expected: string) => expect.objectContaining({ code: expected })
  for (const name of ['', '   ', 'x'.repeat(201)]) {
    await expect(core.agents.create({ name })).rejects.toEqual(code('bad-option'))
  }
  for (const folder of ['../x', '/etc', 'Max', 'a b', '']) {
    await expect(core.agents.create({ name: 'Max', folder })).rejects.toEqual(code('bad-option'))
  }
  await core.agents.create({ name: 'Max', folder: 'home' })
  await expect(core.agents.create({ name: 'Eve', folder: 'home' })).rejects.toEqual(code('taken'))
  expect(await core.agents.list()).toHaveLength(1)
})

test('a place is one chat; another instance of the channel is another place', async () => {
  const core = await freshCore()
  const place = { channelType: 'test', platformId: 'p' }
  const one = await core.chats.create({ ...place, name: 'one' })
  const two = await core.chats.create({ ...place, channelInstance: 'b', name: 'two' })
  expect(one.channelInstance).toBe('')
  await expect(core.chats.create({ ...place, name: 'three' })).rejects.toMatchObject({
    code: 'taken',
  })
  expect(await core.chats.find(one)).toEqual(one)
  expect(await core.chats.find(two)).toEqual(two)
  expect(await core.chats.find({ ...two, channelInstance: 'c' })).toBeUndefined()
  expect(await core.chats.get(two.id)).toEqual(two)
  expect(await core.chats.list()).toEqual([one, two])
  for (const wrong of [
    { ...place, channelType: 'agent' },
    { ...place, channelType: '' },
    { ...place, platformId: '' },
  ]) {
    await expect(core.chats.create({ ...wrong, name: 'x' })).rejects.toMatchObject({
      code: 'bad-option',
    })
  }
})

test('a wiring and the destination it implies are made together or not at all', async () => {
  const core = await freshCore()
  const { id: agentGroupId } = await core.agents.create({ name: 'Max' })
  const { id: messagingGroupId } = await makeChat(core, 'The Family')
  const made = await core.wirings.create({ agentGroupId, messagingGroupId })
  expect(made.wiring).toMatchObject({
    agentGroupId,
    messagingGroupId,
    sessionMode: 'shared',
    engageMode: 'always',
    priority: 0,
  })
  expect(made.destination.localName).toBe('the-family')
  await expect(core.wirings.create({ agentGroupId, messagingGroupId })).rejects.toMatchObject({
    code: 'taken',
  })
  await core.destinations.revoke(agentGroupId, 'the-family')
  await expect(core.wirings.create({ agentGroupId, messagingGroupId })).rejects.toMatchObject({
    code: 'taken',
  })
  expect(await core.destinations.list(agentGroupId)).toEqual([])
  expect(await core.wirings.list()).toEqual([made.wiring])
})

test('the wirings of a chat come by priority, then by age', async () => {
  const core = await freshCore()
  const { id: messagingGroupId } = await makeChat(core, 'family')
  for (const [name, priority] of [
    ['low', -1],
    ['first', 0],
    ['second', 0],
    ['high', 5],
  ] as const) {
    const { id: agentGroupId } = await core.agents.create({ name })
    await core.wirings.create({ agentGroupId, messagingGroupId, priority })
  }
  const agents = new Map((await core.agents.list()).map(({ id, name }) => [id, name]))
  const wirings = await core.wirings.forChat(messagingGroupId)
  const order = wirings.map(({ agentGroupId }) => agents.get(agentGroupId))
  expect(order).toEqual(['high', 'first', 'second', 'low'])
})
