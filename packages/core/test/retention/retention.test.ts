import { appendFile, mkdir, readdir, readFile, stat, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { Core, Session } from '../../src/index.ts'
import { createFakeClock, createFaultPlan, createFaultyCore } from '../../src/testing.ts'
import { freshCore, temporaryFolder, wiredPair } from '../home.ts'
import { archived, archiveFolder, dayMs, exchange, pruneDue } from './workbench.ts'

async function sessionOf(core: Core): Promise<Session> {
  const { agent, chat } = await wiredPair(core)
  const request = { agentGroupId: agent.id, messagingGroupId: chat.id, threadId: null }
  const { session } = await core.resolveSession({ ...request, sessionMode: 'shared' })
  return session
}

async function textsIn(core: Core, session: Session): Promise<readonly unknown[]> {
  const rows = await archived(core, session)
  return rows.flatMap(({ table, row }) =>
    table === 'messages_in' ? [JSON.parse(String(row.content)).text] : [],
  )
}

test('what ended before the agent’s days is archived, then removed with its files; the rest stays', async () => {
  const clock = createFakeClock()
  const core = await freshCore({ clock })
  const session = await sessionOf(core)
  const { inbound } = await exchange(core, session, 'first', 3)
  const inbox = core.layout.session(session.agentGroupId, session.id).inbox(inbound)
  await mkdir(inbox, { recursive: true })
  await writeFile(join(inbox, 'cat.png'), 'cat')
  clock.advance(60 * dayMs)
  await exchange(core, session, 'second', 5)
  expect(await core.retention.due(10)).toEqual([])

  clock.advance(31.5 * dayMs)
  expect(await pruneDue(core)).toBe(5)
  expect(await core.retention.due(10)).toEqual([])
  expect(await core.findMessage(inbound)).toBeUndefined()
  await expect(stat(inbox)).rejects.toThrow('ENOENT')
  expect(await textsIn(core, session)).toEqual(['first'])
  const [name = ''] = await readdir(archiveFolder(core, session))
  expect((await stat(join(archiveFolder(core, session), name))).mode & 0o777).toBe(0o600)

  clock.advance(61 * dayMs)
  await exchange(core, session, 'third', 7)
  expect(await pruneDue(core)).toBe(5)
  expect(await textsIn(core, session)).toEqual(['first', 'second'])
  expect((await archived(core, session)).map(({ table }) => table)).toContain('delivered')
})

test('an agent that keeps for ever is never looked at, and one without an archive writes none', async () => {
  const clock = createFakeClock()
  const core = await freshCore({ clock })
  const session = await sessionOf(core)
  await exchange(core, session, 'first', 3)
  await core.agents.update(session.agentGroupId, { retentionDays: null })
  clock.advance(10_000 * dayMs)
  expect(await core.retention.due(10)).toEqual([])
  await core.agents.update(session.agentGroupId, { retentionDays: 1e9 })
  expect(await core.retention.due(10)).toEqual([])

  await core.agents.update(session.agentGroupId, { retentionDays: 0.001, archive: false })
  expect(await pruneDue(core)).toBe(5)
  await expect(readdir(archiveFolder(core, session))).rejects.toThrow('ENOENT')
})

test('a session of which nothing is known is looked at once; one with much left stays due', async () => {
  const clock = createFakeClock()
  const core = await freshCore({ clock })
  const session = await sessionOf(core)
  for (let seq = 3; seq < 133; seq += 2) await exchange(core, session, `m${seq}`, seq)
  clock.advance(100 * dayMs)
  const [due] = await core.retention.due(10)
  expect(due).toMatchObject({ sessionId: session.id, archive: true })
  if (due === undefined) return
  expect(await core.retention.prune(due, { bites: 1 })).toMatchObject({
    events: 300,
    isDone: false,
  })
  expect(await core.retention.due(10)).toHaveLength(1)
  expect(await core.retention.prune(due)).toMatchObject({ events: 25, isDone: true })
  expect(await textsIn(core, session)).toHaveLength(65)
})

test('wherever a crash comes, each row is in the mailbox or in the archive, and once is enough', async () => {
  for (const operation of ['archives.append', 'archives.removeInbox', 'mailbox.prune'] as const) {
    for (const when of ['before', 'after'] as const) {
      const clock = createFakeClock()
      const faults = createFaultPlan()
      const home = join(await temporaryFolder(), 'home')
      const core = await createFaultyCore({ home, clock, faults })
      const session = await sessionOf(core)
      const { inbound } = await exchange(core, session, 'kept', 3)
      clock.advance(100 * dayMs)
      faults.crashAt(operation, 1, when)
      await expect(pruneDue(core)).rejects.toThrow('crash')
      const again = await freshCore({ home, clock })
      await pruneDue(again)
      expect(await again.findMessage(inbound)).toBeUndefined()
      expect({ operation, when, texts: await textsIn(again, session) }).toEqual({
        ...{ operation, when },
        // Of the first file nobody knew the end: it is left, and the rows come once more.
        texts: operation === 'mailbox.prune' && when === 'after' ? ['kept'] : expect.any(Array),
      })
      expect(new Set(await textsIn(again, session))).toEqual(new Set(['kept']))
    }
  }
})

test('an archive with a torn end is read up to there, and gone on with before it', async () => {
  const clock = createFakeClock()
  const core = await freshCore({ clock })
  const session = await sessionOf(core)
  await core.agents.update(session.agentGroupId, { retentionDays: 1 })
  await exchange(core, session, 'first', 3)
  clock.advance(3 * dayMs)
  await pruneDue(core)
  const folder = archiveFolder(core, session)
  const [name = ''] = await readdir(folder)
  const whole = await readFile(join(folder, name))
  // What a crash has left of the next append.
  await appendFile(join(folder, name), whole.subarray(0, whole.length - 20))
  await exchange(core, session, 'second', 5)
  clock.advance(3 * dayMs)
  await pruneDue(core)
  expect(await textsIn(core, session)).toEqual(['first', 'second'])

  const { size } = await stat(join(folder, name))
  await truncate(join(folder, name), size - 12)
  expect((await textsIn(core, session))[0]).toBe('first')
  // Shorter than it was said to be: whatever is there stays as it is.
  await exchange(core, session, 'third', 7)
  clock.advance(3 * dayMs)
  await pruneDue(core)
  expect(await readdir(folder)).toHaveLength(2)
  expect(await textsIn(core, session)).toContain('third')
})

test('a message that is asked for a third time keeps its row and its files until that has ended', async () => {
  const clock = createFakeClock()
  const core = await freshCore({ clock })
  const session = await sessionOf(core)
  const mailbox = await core.mailboxes.open(session.agentGroupId, session.id)
  const content = { text: 'a photo', sender: 'Ann', senderId: 'ann' }
  const [row] = await mailbox.append([{ kind: 'chat', content, origin: null }])
  const first = row?.id ?? ''
  const inbox = core.layout.session(session.agentGroupId, session.id).inbox(first)
  await mkdir(inbox, { recursive: true })
  await mailbox.end([first], 'failed')
  const second = await mailbox.rerun(first)
  await mailbox.end([second.id], 'failed')
  clock.advance(100 * dayMs)
  const third = await mailbox.rerun(second.id)

  await pruneDue(core)
  await stat(inbox)
  expect(await core.findMessage(first)).toBeDefined()

  await mailbox.end([third.id], 'completed')
  clock.advance(100 * dayMs)
  await pruneDue(core)
  await expect(stat(inbox)).rejects.toThrow('ENOENT')
  for (const id of [first, second.id, third.id]) expect(await core.findMessage(id)).toBeUndefined()
})

test('agents have their sessions pruned in turn, however many one of them has', async () => {
  const clock = createFakeClock()
  const core = await freshCore({ clock })
  const counts = [3, 1, 2]
  for (const [index, count] of counts.entries()) {
    const agent = await core.agents.create({ name: `agent ${index}` })
    for (let at = 0; at < count; at += 1) {
      const place = { channelType: 'test', platformId: `${index}-${at}`, name: `${index}-${at}` }
      const chat = await core.chats.create(place)
      const request = { agentGroupId: agent.id, messagingGroupId: chat.id, threadId: null }
      await core.resolveSession({ ...request, sessionMode: 'shared' })
    }
  }
  clock.advance(100 * dayMs)
  const agentsOf = async (limit: number) => {
    const due = await core.retention.due(limit)
    return new Set(due.map(({ agentGroupId }) => agentGroupId)).size
  }
  expect(await agentsOf(3)).toBe(3)
  expect(await core.retention.due(100)).toHaveLength(6)
})
