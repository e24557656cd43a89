import { mkdir, readdir, readFile, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { Core, Session } from '../../src/index.ts'
import { createFakeClock, createFaultPlan, createFaultyCore } from '../../src/testing.ts'
import { freshCore, makeChat, temporaryFolder } from '../home.ts'
import { archived, archiveFolder, dayMs, exchange, pruneDue } from '../retention/workbench.ts'

const ann = { channelType: 'test', handle: 'ann' }
const canary = 'canary-7f3a'

async function sessionsOf(core: Core): Promise<{ family: Session; alone: Session }> {
  const agent = await core.agents.create({ name: 'Max', retentionDays: 10 })
  const of = async (name: string): Promise<Session> => {
    const chat = await makeChat(core, name)
    const request = { agentGroupId: agent.id, messagingGroupId: chat.id, threadId: null }
    return (await core.resolveSession({ ...request, sessionMode: 'shared' })).session
  }
  return { family: await of('family'), alone: await of('alone') }
}

/** What Ann says to the agent, alone and among others; some of it is in archives, some deleted. */
async function conversations(core: Core, clock: ReturnType<typeof createFakeClock>) {
  const { family, alone } = await sessionsOf(core)
  await exchange(core, family, `${canary} archived`, 3)
  await exchange(core, family, 'Bob archived', 5, 'bob')
  await exchange(core, alone, `${canary} archived`, 3)
  clock.advance(20 * dayMs)
  await pruneDue(core)
  const inFamily = await exchange(core, family, `${canary} now`, 7)
  const bob = await exchange(core, family, 'Bob now', 9, 'bob')
  const other = await exchange(core, alone, `${canary} now`, 5)
  for (const [session, inbound] of [
    [family, inFamily.inbound],
    [alone, other.inbound],
  ] as const) {
    const files = core.layout.session(session.agentGroupId, session.id)
    await mkdir(files.inbox(inbound), { recursive: true })
    await writeFile(join(files.inbox(inbound), 'cat.png'), canary)
    await mkdir(files.outbox('out-00000007'), { recursive: true })
    await writeFile(join(files.outbox('out-00000007'), 'answer.txt'), canary)
    await writeFile(join(files.private, 'container.log'), canary)
  }
  const message = `${canary} did not arrive`
  await core.incidents.open({
    kind: 'row-failed',
    subject: family.id,
    message,
    sessionId: family.id,
  })
  await core.channelState('test', '').set('thread:ann', canary)
  return { family, alone, bob }
}

/** Files below a folder in whose bytes a text is, archives unpacked. */
async function filesWith(core: Core, text: string): Promise<readonly string[]> {
  const entries = await readdir(core.layout.home, { recursive: true, withFileTypes: true })
  const found: string[] = []
  for (const entry of entries.filter((one) => one.isFile())) {
    const path = join(entry.parentPath, entry.name)
    const bytes = await readFile(path)
    if (bytes.includes(text)) found.push(path)
  }
  for (const session of await core.sessions.list()) {
    const mailbox = await core.mailboxes.openExisting(session.agentGroupId, session.id)
    await mailbox?.close()
  }
  return found
}

async function archiveTexts(core: Core, session: Session): Promise<string> {
  return JSON.stringify(await archived(core, session))
}

test('a person is forgotten: rows, answers, archives, files, incidents; others’ messages stay', async () => {
  const clock = createFakeClock()
  const core = await freshCore({ clock })
  const { family, alone, bob } = await conversations(core, clock)
  const before = await filesWith(core, canary)
  expect(before.length).toBeGreaterThan(6)

  const plan = await core.forget(ann, { dryRun: true })
  expect(plan).toMatchObject({
    dryRun: true,
    central: { incidents: 1, channelState: 1 },
    sessions: [
      { sessionId: family.id, isWhole: false, inbound: 1, deliveries: 1, archived: 7 },
      { sessionId: alone.id, isWhole: true, inbound: 1, deliveries: 1, archived: 7 },
    ],
  })
  expect(await filesWith(core, canary)).toEqual(before)

  expect({ ...(await core.forget(ann)), dryRun: true }).toEqual(plan)
  expect(await filesWith(core, canary)).toEqual([])
  expect(await archiveTexts(core, family)).toContain('Bob archived')
  expect(await archiveTexts(core, family)).not.toContain(canary)
  expect(
    await readdir(join(core.layout.session(alone.agentGroupId, alone.id).private, 'archive')),
  ).toEqual([])

  expect(await core.findMessage(bob.inbound)).toBeDefined()
  expect(await core.findMessage(bob.outbound)).toBeDefined()
  const again = await core.forget(ann)
  expect(again.sessions).toEqual([])

  // Numbers go on, on both sides.
  const mailbox = await core.mailboxes.open(alone.agentGroupId, alone.id)
  expect(await mailbox.largestSeq()).toBe(5)
  const content = { text: 'again', sender: 'Ann', senderId: 'ann' }
  const [row] = await mailbox.append([{ kind: 'chat', content, origin: null }])
  expect(row?.seq).toBe(6)
  await mailbox.close()
})

test('a session in which others wait for what its container said is left for another time', async () => {
  const clock = createFakeClock()
  const core = await freshCore({ clock })
  const { family, alone } = await conversations(core, clock)
  const report = await core.forget(ann, { isUntaken: async () => true })
  expect(report.sessions).toMatchObject([
    { sessionId: family.id, left: expect.stringContaining('again') },
    { sessionId: alone.id },
  ])
  const undecided = await core.forget(ann, { isUndecided: async () => true })
  expect(undecided.sessions).toMatchObject([{ left: expect.stringContaining('cut off') }])
  expect((await core.forget(ann)).sessions).toMatchObject([{ sessionId: family.id }])
  expect(await filesWith(core, canary)).toEqual([])
})

test('where it is cut off, another run finishes it', async () => {
  const cuts = [
    ['archives.rewrite', 1, 'before'],
    ['archives.rewrite', 1, 'after'],
    ['archives.removeInbox', 1, 'after'],
    ['archives.rewrite', 2, 'after'],
    ['mailboxes.init', 2, 'before'],
  ] as const
  for (const [operation, n, when] of cuts) {
    const clock = createFakeClock()
    const faults = createFaultPlan()
    const home = join(await temporaryFolder(), 'home')
    const core = await createFaultyCore({ home, clock, faults })
    const { bob } = await conversations(core, clock)
    faults.crashAt(operation, n, when)
    await expect(core.forget(ann)).rejects.toThrow()
    const next = await freshCore({ home, clock })
    await next.forget(ann)
    expect({ operation, n, when, left: await filesWith(next, canary) }).toEqual({
      ...{ operation, n, when },
      left: [],
    })
    expect(await next.findMessage(bob.outbound)).toBeDefined()
    expect((await next.forget(ann)).sessions).toEqual([])
  }
})

test('nobody is forgotten beside a host that runs, unless it is the host that does it', async () => {
  const core = await freshCore()
  const lock = await core.lockHome()
  await expect(core.forget(ann)).rejects.toMatchObject({ code: 'home-in-use' })
  expect((await core.forget(ann, { dryRun: true })).sessions).toEqual([])
  expect((await core.forget(ann, { hold: (_session, work) => work() })).sessions).toEqual([])
  await expect(core.forget({ channelType: 'test', handle: '' })).rejects.toMatchObject({
    code: 'bad-option',
  })
  lock.release()
})

test('of what channels have noted goes what is theirs by its whole key, and nobody else’s', async () => {
  const core = await freshCore()
  const state = core.channelState('test', '')
  const theirs = ['4711', 'thread:4711', 'member:4711:name']
  const others = ['offset:47112000', 'thread:47119', 'cursor:4711x', 'member:14711:name']
  for (const key of [...theirs, ...others]) await state.set(key, 'v')
  const person = { channelType: 'test', handle: '4711' }
  expect((await core.forget(person, { dryRun: true })).central).toMatchObject({ channelState: 3 })
  await core.forget(person)
  for (const key of theirs) expect(await state.get(key)).toBeUndefined()
  for (const key of others) expect(await state.get(key)).toBe('v')
})

test('a damaged archive is named, and holds up no other session', async () => {
  const clock = createFakeClock()
  const core = await freshCore({ clock })
  const { family, alone } = await conversations(core, clock)
  const folder = archiveFolder(core, family)
  const [name = ''] = await readdir(folder)
  const bytes = await readFile(join(folder, name))
  bytes.writeUInt8(bytes.readUInt8(bytes.length - 30) ^ 0xff, bytes.length - 30)
  await writeFile(join(folder, name), bytes)
  const { sessions } = await core.forget(ann)
  expect(sessions).toMatchObject([
    { sessionId: family.id, left: expect.stringContaining(name) },
    { sessionId: alone.id, inbound: 1, archived: 7 },
  ])
  expect(sessions[1]?.left).toBeUndefined()
})

test('who is in no row any more is found by what is noted of them, and by a chat called as they are', async () => {
  const clock = createFakeClock()
  const core = await freshCore({ clock })
  const { family, alone } = await sessionsOf(core)
  await core.agents.update(family.agentGroupId, { archive: false })
  await exchange(core, family, canary, 3)
  await exchange(core, family, 'Bob', 5, 'bob')
  await exchange(core, alone, canary, 3)
  clock.advance(20 * dayMs)
  await pruneDue(core)
  const chat = await makeChat(core, 'ann')
  const request = { agentGroupId: family.agentGroupId, messagingGroupId: chat.id, threadId: null }
  const { session: direct } = await core.resolveSession({ ...request, sessionMode: 'shared' })
  const mailbox = await core.mailboxes.open(direct.agentGroupId, direct.id)
  const place = { channelType: 'test', channelInstance: '', platformId: 'ann', threadId: null }
  const said = {
    ...{ id: 'out-00000003', seq: 3, kind: 'chat', inReplyTo: null, turnId: null, ...place },
    ...{ timestamp: '2026-01-31T12:00:00.000Z', deliverAfter: null },
    content: JSON.stringify({ text: `${canary}: your results` }),
  }
  await mailbox.take([{ row: said, status: 'queued' }])
  await mailbox.close()
  for (const session of [family, alone]) {
    const files = core.layout.session(session.agentGroupId, session.id)
    await mkdir(files.workspace, { recursive: true })
    await mkdir(files.private, { recursive: true })
    await writeFile(join(files.outbound, 'transcript.jsonl'), canary)
    await writeFile(join(files.private, 'container.log'), canary)
    await writeFile(join(files.workspace, 'notes.md'), session.id === alone.id ? canary : 'all')
  }
  const { sessions } = await core.forget(ann)
  expect(sessions).toMatchObject([
    { sessionId: family.id, isWhole: false },
    { sessionId: alone.id, isWhole: true },
    { sessionId: direct.id, isWhole: true, deliveries: 1 },
  ])
  expect(await filesWith(core, canary)).toEqual([])
  const { workspace } = core.layout.session(family.agentGroupId, family.id)
  expect(await readdir(workspace)).toEqual(['notes.md'])
  expect((await core.forget(ann)).sessions).toEqual([])
  const bob = { channelType: 'test', handle: 'bob' }
  expect((await core.forget(bob)).sessions).toMatchObject([{ sessionId: family.id }])
})

test('files go of which no message was kept: all where all goes, old ones beside others', async () => {
  const core = await freshCore({ clock: createFakeClock() })
  const { family, alone } = await sessionsOf(core)
  await exchange(core, alone, 'hi', 3)
  await exchange(core, family, 'hi', 3)
  const { inbound } = await exchange(core, family, 'hi', 5, 'bob')
  const stray = async (session: Session, name: string, isOld: boolean): Promise<void> => {
    const folder = core.layout.session(session.agentGroupId, session.id).inbox(name)
    await mkdir(folder, { recursive: true })
    await writeFile(join(folder, 'message.txt'), isOld ? canary : 'young')
    if (isOld) await utimes(folder, 0, 0)
  }
  await stray(alone, 'in-stray', true)
  await stray(family, 'in-stray', true)
  await stray(family, 'in-young', false)
  await stray(family, inbound, false)
  await utimes(core.layout.session(family.agentGroupId, family.id).inbox(inbound), 0, 0)
  await core.forget(ann)
  expect(await filesWith(core, canary)).toEqual([])
  const box = join(core.layout.session(family.agentGroupId, family.id).inbox('any'), '..')
  expect((await readdir(box)).toSorted()).toEqual([inbound, 'in-young'].toSorted())
})
