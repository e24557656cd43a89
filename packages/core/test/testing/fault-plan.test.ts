import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, expectTypeOf, onTestFinished, test } from 'vitest'
import type { Core } from '../../src/index.ts'
import type { PortOperation } from '../../src/testing/fault-operations.ts'
import {
  createConversation,
  createFaultPlan,
  createFaultyCore,
  createMemoryCore,
  faultOperations,
  isSimulatedCrash,
  type FaultOperation,
} from '../../src/testing.ts'
import { temporaryFolder } from '../home.ts'

const crash = expect.objectContaining({ name: 'SimulatedCrash', code: 'closed' })
const hello = {
  kind: 'chat',
  content: { text: 'hello', sender: 'Ann', senderId: 'ann' },
  origin: null,
} as const

test('every asynchronous method of every port can be made to fail', () => {
  expectTypeOf<PortOperation>().toEqualTypeOf<FaultOperation>()
  expect(faultOperations).toEqual(faultOperations.toSorted())
})

test('a call that fails has changed nothing, and the next one works', async () => {
  const core = await createMemoryCore()
  const { faults } = core
  faults.failAt('chats.create', 2)
  const make = (name: string) => core.chats.create({ channelType: 'test', platformId: name, name })
  await make('a')
  await expect(make('b')).rejects.toMatchObject({
    code: 'disk-full',
    message: expect.stringContaining('chats.create'),
  })
  await make('c')
  expect((await core.chats.list()).map(({ name }) => name)).toEqual(['a', 'c'])
  expect(faults.calls).toEqual(['chats.create', 'chats.create', 'chats.create', 'chats.list'])
  expect(faults.waiting).toBe(0)
})

test('a failure may be an error of one’s own, and reaches calls that the core itself makes', async () => {
  const faults = createFaultPlan()
  const core = await createMemoryCore({ faults })
  const { session } = await createConversation(core)
  const mine = new Error('mine')
  faults.failAt('mailbox.append', 1, mine)
  await expect(core.writeSessionMessage(session, hello)).rejects.toBe(mine)
  await core.writeSessionMessage(session, hello)
  expect(core.container(session).inbox()).toHaveLength(1)
})

test('faults count from when they were planned; of two on one call the first comes up', async () => {
  const faults = createFaultPlan()
  const core = await createMemoryCore({ faults })
  await core.agents.list()
  faults.failAt('agents.list', 2, new Error('planned'))
  faults.failAt('any', 2, new Error('late'))
  faults.failAt('sessions.list', 1, new Error('other'))
  await core.agents.list()
  await expect(core.agents.list()).rejects.toThrow('planned')
  expect(faults.waiting).toBe(2)
  await expect(core.agents.list()).rejects.toThrow('late')
  expect(faults.waiting).toBe(1)
  faults.clear()
  expect(faults.waiting).toBe(0)
  expect(await core.sessions.list()).toEqual([])
})

test('two faults for the next call come up at the next two', async () => {
  const core = await createMemoryCore()
  core.faults.failAt('agents.list', 1, new Error('one'))
  core.faults.failAt('agents.list', 1, new Error('two'))
  await expect(core.agents.list()).rejects.toThrow('one')
  await expect(core.agents.list()).rejects.toThrow('two')
  expect(await core.agents.list()).toEqual([])
})

test.each([
  ['before', 0],
  ['after', 1],
] as const)('a crash %s a call leaves what was committed until then', async (when, rows) => {
  const faults = createFaultPlan()
  const core = await createMemoryCore({ faults })
  const { session } = await createConversation(core)
  const mailbox = await core.mailboxes.open(session.agentGroupId, session.id)
  faults.crashAt('mailbox.append', 1, when)
  await expect(mailbox.append([hello])).rejects.toSatisfy(isSimulatedCrash)
  await expect(mailbox.pending(1)).rejects.toEqual(crash)
  await expect(core.sessions.get(session.id)).rejects.toEqual(crash)
  await expect(core.writeSessionMessage(session, hello)).rejects.toEqual(crash)
  expect(() => core.subscribe()).toThrow(crash)
  expect(() => core.channelState('test', '')).toThrow(crash)
  await mailbox.close()
  await core.close()
  const next = await core.reopen()
  expect(next.container(session).inbox()).toHaveLength(rows)
  expect(await next.sessions.get(session.id)).toEqual(session)
})

test('what was under way when a core crashed is not answered', async () => {
  const faults = createFaultPlan()
  const core = await createMemoryCore({ faults })
  faults.crashAt('agents.list', 1, 'before')
  const made = core.agents.create({ name: 'Max' })
  const crashed = core.agents.list()
  await expect(crashed).rejects.toEqual(crash)
  await expect(made).rejects.toEqual(crash)
  expect(await (await core.reopen()).agents.list()).toHaveLength(1)
})

test('an unknown operation and a call before the first are refused', () => {
  const faults = createFaultPlan()
  const refused = expect.objectContaining({ code: 'bad-option' })
  const unknown = 'mailbox.apend' as FaultOperation
  expect(() => faults.failAt(unknown, 1)).toThrow(refused)
  expect(() => faults.crashAt('any', 0, 'before')).toThrow(refused)
  expect(() => faults.crashAt('any', 1.5, 'after')).toThrow(refused)
  expect(faults.waiting).toBe(0)
})

test('only simulated crashes are taken for one', () => {
  for (const error of [new Error('x'), undefined, null, 'SimulatedCrash', {}]) {
    expect(isSimulatedCrash(error)).toBe(false)
  }
})

async function faultyHome() {
  const home = join(await temporaryFolder(), 'home')
  const faults = createFaultPlan()
  const open = async (): Promise<Core> => {
    const core = await createFaultyCore({ home, faults })
    onTestFinished(() => core.close())
    return core
  }
  return { faults, open }
}

test('a core on files crashes too, and its home is opened again', async () => {
  const { faults, open } = await faultyHome()
  const core = await open()
  const { session } = await createConversation(core)
  faults.crashAt('sessions.ensureDue', 1, 'after')
  await expect(core.writeSessionMessage(session, hello)).rejects.toEqual(crash)
  const next = await open()
  const mailbox = await next.mailboxes.open(session.agentGroupId, session.id)
  expect(await mailbox.pending(1)).toEqual([])
  expect((await next.sessions.get(session.id))?.nextDueAt).not.toBeNull()
  await mailbox.close()
})

test('an address book that a crash kept from its file is written by the next who looks', async () => {
  const { faults, open } = await faultyHome()
  const core = await open()
  const { agent, session } = await createConversation(core)
  await core.destinations.rename(agent.id, 'family', 'home')
  faults.crashAt('files.writeAddressBook', 1, 'before')
  await expect(core.writeDestinations(session)).rejects.toEqual(crash)
  const next = await open()
  await next.writeDestinations(session)
  const { destinationsJson } = next.layout.session(session.agentGroupId, session.id)
  expect(await readFile(destinationsJson, 'utf8')).toContain('"name": "home"')
})
