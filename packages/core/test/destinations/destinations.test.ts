import { readFile } from 'node:fs/promises'
import { openDatabase } from '@nanoclaw/schema/database'
import { destinations, hostState, sessionRouting } from '@nanoclaw/schema/drizzle'
import { describe, expect, onTestFinished, test } from 'vitest'
import type { Core, Session } from '../../src/index.ts'
import { freshCore, makeChat, wiredPair } from '../home.ts'

const names = async (core: Core, agentGroupId: string) =>
  (await core.destinations.list(agentGroupId)).map(({ localName }) => localName)

const channel = ({ id }: { id: string }) => ({ type: 'channel', messagingGroupId: id }) as const

describe('granting', () => {
  test('names come from the target, numbered where one is taken or looks alike', async () => {
    const core = await freshCore()
    const { id: agentGroupId } = await core.agents.create({ name: 'Max' })
    const given: string[] = []
    for (const [index, name] of ['Family', 'family', 'FAMILY!', 'fami1y', 'Other'].entries()) {
      const chat = await core.chats.create({ channelType: 't', platformId: `p${index}`, name })
      const granted = await core.destinations.grant({ agentGroupId, target: channel(chat) })
      given.push(granted.localName)
      expect(granted.displayName).toBe(name)
    }
    expect(given).toEqual(['family', 'family-2', 'family-3', 'fami1y-4', 'other'])
  })

  test('what is granted already comes back as it is, brought up to date', async () => {
    const core = await freshCore()
    const { agent, chat } = await wiredPair(core)
    const grant = { agentGroupId: agent.id, target: channel(chat) }
    const first = await core.destinations.grant(grant)
    expect(first).toMatchObject({ localName: 'family', when: 'members' })
    const again = await core.destinations.grant({ ...grant, localName: 'other', when: 'anyone' })
    expect(again).toEqual({ ...first, when: 'anyone' })
    expect(await core.destinations.list(agent.id)).toEqual([again])
  })

  test('unknown agents and targets are refused', async () => {
    const core = await freshCore()
    const { agent, chat } = await wiredPair(core)
    const unknown = [
      { agentGroupId: 'ag-unknown00', target: channel(chat) },
      { agentGroupId: agent.id, target: channel({ id: 'mg-unknown00' }) },
      { agentGroupId: agent.id, target: { type: 'agent', agentGroupId: 'ag-unknown00' } },
    ] as const
    for (const grant of unknown) {
      await expect(core.destinations.grant(grant)).rejects.toMatchObject({ code: 'not-found' })
    }
  })

  test('grants of one name at once give different names', async () => {
    const core = await freshCore()
    const { id: agentGroupId } = await core.agents.create({ name: 'Max' })
    const chats = await Promise.all(
      Array.from({ length: 8 }, (_, index) => makeChat(core, `chat ${index}`)),
    )
    await Promise.all(
      chats.map((chat) =>
        core.destinations.grant({ agentGroupId, target: channel(chat), localName: 'home' }),
      ),
    )
    const expected = ['home', ...Array.from({ length: 7 }, (_, index) => `home-${index + 2}`)]
    expect(await names(core, agentGroupId)).toEqual(expected)
  })
})

describe('tombstones', () => {
  test('a revoked name is kept for its target and given to nobody else', async () => {
    const core = await freshCore()
    const { agent, chat } = await wiredPair(core)
    const agentGroupId = agent.id
    await core.destinations.revoke(agentGroupId, 'Family')
    expect(await names(core, agentGroupId)).toEqual([])
    const office = await makeChat(core, 'office')
    const taken = await core.destinations.grant({
      agentGroupId,
      target: channel(office),
      localName: 'family',
    })
    expect(taken.localName).toBe('family-2')
    const revived = await core.destinations.grant({ agentGroupId, target: channel(chat) })
    expect(revived.localName).toBe('family')
  })

  test('a renamed destination keeps its old name reserved and may go back to it', async () => {
    const core = await freshCore()
    const { agent } = await wiredPair(core)
    const office = await makeChat(core, 'office')
    await core.destinations.grant({ agentGroupId: agent.id, target: channel(office) })
    const renamed = await core.destinations.rename(agent.id, 'family', 'Home Folks')
    expect(renamed.localName).toBe('home-folks')
    expect(await names(core, agent.id)).toEqual(['home-folks', 'office'])
    for (const name of ['family', 'home-folks', 'h0me-folks']) {
      await expect(core.destinations.rename(agent.id, 'office', name)).rejects.toMatchObject({
        code: 'taken',
      })
    }
    expect((await core.destinations.rename(agent.id, 'home-folks', 'family')).localName).toBe(
      'family',
    )
    expect(await names(core, agent.id)).toEqual(['family', 'office'])
  })

  test('what is not there cannot be revoked or renamed, and the names there are are named', async () => {
    const core = await freshCore()
    const { agent } = await wiredPair(core)
    await expect(core.destinations.revoke(agent.id, 'nobody')).rejects.toThrow(/it has: family$/)
    await expect(core.destinations.rename(agent.id, 'nobody', 'x')).rejects.toMatchObject({
      code: 'not-found',
    })
    await core.destinations.revoke(agent.id, 'family')
    await expect(core.destinations.revoke(agent.id, 'family')).rejects.toThrow(/it has: none$/)
  })
})

test('changes are told after they are made, once each, and a listener that throws hurts nobody', async () => {
  const errors: object[] = []
  const quiet = () => undefined
  const logger = { debug: quiet, info: quiet, warn: quiet, error: (f: object) => errors.push(f) }
  const core = await freshCore({ logger })
  const told: string[] = []
  core.destinations.onChange(() => {
    throw new Error('listener')
  })
  const stop = core.destinations.onChange((agentGroupId) => told.push(agentGroupId))
  const { agent, chat } = await wiredPair(core)
  expect(told).toEqual([agent.id])
  await core.destinations.grant({ agentGroupId: agent.id, target: channel(chat) })
  expect(told).toHaveLength(1)
  await core.destinations.rename(agent.id, 'family', 'home')
  await core.destinations.revoke(agent.id, 'home')
  expect(told).toHaveLength(3)
  stop()
  await core.destinations.grant({ agentGroupId: agent.id, target: channel(chat) })
  expect(told).toHaveLength(3)
  expect(errors).toHaveLength(4)
})

function readProjection(core: Core, session: Session) {
  const { inboundDb } = core.layout.session(session.agentGroupId, session.id)
  const { orm, close } = openDatabase({ path: inboundDb, kind: 'inbound' })
  onTestFinished(close)
  return {
    names: orm
      .select()
      .from(destinations)
      .all()
      .map(({ name }) => name),
    routing: orm.select().from(sessionRouting).all(),
    state: orm.select().from(hostState).all(),
  }
}

test('[W5] the projection follows every change, in the table and in the file', async () => {
  const core = await freshCore()
  const { agent, chat } = await wiredPair(core)
  const peer = await core.agents.create({ name: 'Eve' })
  const { session } = await core.resolveSession({
    agentGroupId: agent.id,
    messagingGroupId: chat.id,
    threadId: 't1',
    sessionMode: 'per-thread',
  })
  expect(await core.writeDestinations(session)).toBe(true)
  expect(await core.writeDestinations(session)).toBe(false)
  expect(readProjection(core, session)).toEqual({
    names: ['family'],
    routing: [
      { id: 1, channelType: 'test', channelInstance: '', platformId: 'family', threadId: 't1' },
    ],
    state: [
      { key: 'on_interrupted', value: 'rerun' },
      { key: 'unaddressed_output', value: 'scratchpad' },
    ],
  })

  const target = { type: 'agent', agentGroupId: peer.id } as const
  await core.destinations.grant({ agentGroupId: agent.id, target })
  await core.destinations.rename(agent.id, 'family', 'home')
  expect(await core.writeDestinations(session)).toBe(true)
  expect(readProjection(core, session).names).toEqual(['eve', 'home'])
  const { destinationsJson } = core.layout.session(agent.id, session.id)
  const written: unknown = JSON.parse(await readFile(destinationsJson, 'utf8'))
  expect(written).toEqual([
    {
      name: 'eve',
      displayName: 'Eve',
      type: 'agent',
      channelType: 'agent',
      channelInstance: '',
      platformId: peer.id,
      agentGroupId: peer.id,
    },
    {
      name: 'home',
      displayName: 'family',
      type: 'channel',
      channelType: 'test',
      channelInstance: '',
      platformId: 'family',
      agentGroupId: null,
    },
  ])

  await core.destinations.revoke(agent.id, 'home')
  await core.destinations.revoke(agent.id, 'eve')
  expect(await core.writeDestinations(session)).toBe(true)
  expect(readProjection(core, session).names).toEqual([])
  expect(JSON.parse(await readFile(destinationsJson, 'utf8'))).toEqual([])
})
