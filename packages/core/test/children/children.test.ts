import { mkdtemp, readdir, readFile, rm, mkdir } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createCore, type Agent, type Core } from '@nanoclaw/core'
import { createFaultPlan, createFaultyCore } from '@nanoclaw/core/testing'
import { afterEach, beforeEach, expect, test } from 'vitest'

let home = ''
let core: Core
let parent: Agent

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'nanoclaw-children-'))
  core = await createCore({ home })
  parent = await core.agents.create({ name: 'Ada', isAdmin: true })
})

afterEach(async () => {
  await core.close()
  await rm(home, { recursive: true })
})

const child = (values: object = {}, of: object = {}) => ({
  actionId: 'out-00000001',
  sessionId: 'sess-00000001',
  mostChildren: 20,
  ...values,
  spec: {
    parentId: parent.id,
    name: 'Research Er',
    folder: 'research-er',
    provider: 'scripted',
    instructions: '# Look things up',
    ...of,
  },
})

test('a child is there with its folder, its instructions and both destinations', async () => {
  const changed: string[] = []
  core.destinations.onChange((id) => changed.push(id))
  const made = await core.children.create(child())
  if (made.outcome === 'refused') throw new Error(made.reason)
  expect(made.agent).toMatchObject({ name: 'Research Er', folder: 'research-er', isAdmin: false })
  const instructions = core.layout.agent('research-er')
  expect(await readFile(join(instructions, 'AGENTS.md'), 'utf8')).toBe('# Look things up\n')
  expect(await core.destinations.list(parent.id)).toMatchObject([
    { localName: 'research-er', when: 'members', target: { agentGroupId: made.agent.id } },
  ])
  expect(await core.destinations.list(made.agent.id)).toMatchObject([
    { localName: 'parent', displayName: 'Ada', target: { agentGroupId: parent.id } },
  ])
  expect(changed).toEqual([parent.id])
  const entries = await core.audit.list()
  expect(entries.map(({ kind, actor }) => [kind, actor])).toContainEqual([
    'agent-created',
    parent.id,
  ])
  // Nothing is left of what was kept until the folder was there.
  expect((await readdir(core.layout.agents)).toSorted()).toEqual(['ada', 'research-er'])
})

test('one action makes one agent, however often it is asked for', async () => {
  const first = await core.children.create(child())
  const again = await core.children.create(child())
  expect(again).toEqual(first)
  expect(await core.children.madeBy('out-00000001', parent.id, 'Research Er')).toEqual(first)
  expect(await core.children.madeBy('out-00000002', parent.id, 'Research Er')).toBeUndefined()
  expect(await core.agents.list()).toHaveLength(2)
})

test('only an admin agent has agents made, and so many as it may', async () => {
  const other = await core.agents.create({ name: 'Bob' })
  expect(await core.children.create(child({}, { parentId: other.id }))).toMatchObject({
    outcome: 'refused',
    reason: expect.stringContaining('admin'),
  })
  await core.children.create(child({ mostChildren: 1 }))
  const second = child({ actionId: 'out-00000002', mostChildren: 1 }, { folder: 'two' })
  expect(await core.children.create(second)).toMatchObject({
    outcome: 'refused',
    reason: expect.stringContaining('1 agents made'),
  })
  expect(await core.agents.list()).toHaveLength(3)
  // What was refused may be asked again when there is room.
  expect(await core.children.create({ ...second, mostChildren: 2 })).toMatchObject({
    outcome: 'created',
  })
})

test('a folder is of no agent, dead or alive, and nothing lies there; its name is safe', async () => {
  expect(await core.children.freeFolder('../../etc/passwd')).toMatch(/^[a-z0-9-]+$/)
  expect(await core.children.freeFolder('Ada')).toBe('ada-2')
  await mkdir(core.layout.agent('ada-2'))
  expect(await core.children.freeFolder('Ada')).toBe('ada-3')
  expect(await core.children.create(child({}, { folder: 'ada' }))).toMatchObject({
    outcome: 'refused',
    reason: expect.stringContaining('ada'),
  })
})

test('two at once of one folder make one agent, with its own instructions', async () => {
  const made = await Promise.all([
    core.children.create(child()),
    core.children.create(child({ actionId: 'out-00000002' }, { instructions: '# Another' })),
  ])
  expect(made.map(({ outcome }) => outcome).toSorted()).toEqual(['created', 'refused'])
  const at = made.findIndex(({ outcome }) => outcome === 'created')
  const text = await readFile(join(core.layout.agent('research-er'), 'AGENTS.md'), 'utf8')
  expect(text).toBe(['# Look things up\n', '# Another\n'][at])
})

test('an agent that was made before a crash has its instructions at its first start', async () => {
  await core.close()
  const faults = createFaultPlan()
  const dying = await createFaultyCore({ home, faults })
  faults.failAt('files.prepareAgentFolder', 1, new Error('the process died'))
  await expect(dying.children.create(child())).rejects.toThrow('the process died')
  await dying.close()
  core = await createCore({ home })
  const made = await core.children.madeBy('out-00000001', parent.id, 'Research Er')
  if (made?.outcome !== 'created') throw new Error('expected it to have been made')
  const { instructions } = await core.agents.prepareFolder(made.agent)
  expect(await readFile(instructions, 'utf8')).toBe('# Look things up\n')
})
