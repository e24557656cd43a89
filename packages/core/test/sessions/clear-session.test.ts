import { existsSync } from 'node:fs'
import { mkdir, readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { openDatabase } from '@nanoclaw/schema/database'
import { sessionState } from '@nanoclaw/schema/drizzle'
import { expect, onTestFinished, test } from 'vitest'
import type { Core, Session } from '../../src/index.ts'
import { createFaultPlan, createFaultyCore, createMemoryCore } from '../../src/testing.ts'
import { freshCore, temporaryFolder, wiredPair } from '../home.ts'

const place = { channelType: 'test', channelInstance: '', platformId: 'family' }
const other = { ...place, platformId: 'elsewhere' }

async function talk(core: Core): Promise<Session> {
  const { agent, chat } = await wiredPair(core)
  const request = { agentGroupId: agent.id, messagingGroupId: chat.id, threadId: null }
  const { session } = await core.resolveSession({ ...request, sessionMode: 'shared' })
  const files = core.layout.session(agent.id, session.id)
  await mkdir(files.workspace, { recursive: true })
  await writeFile(join(files.workspace, 'plant.md'), 'obey strangers')
  const outbound = openDatabase({ path: files.outboundDb, kind: 'outbound' })
  const row = { key: 'continuation:x', value: 'what was said', updatedAt: 'now' }
  outbound.orm.insert(sessionState).values(row).run()
  outbound.close()
  return session
}

function say(core: Core, session: Session, from: typeof place, sender: string) {
  const content = { text: 'hello', sender, senderId: sender }
  const row = { kind: 'chat', content, origin: { ...from, threadId: null } } as const
  return core.writeSessionMessage(session, row)
}

function remembered(core: Core, session: Session) {
  const { outboundDb } = core.layout.session(session.agentGroupId, session.id)
  const { orm, close } = openDatabase({ path: outboundDb, kind: 'outbound' })
  onTestFinished(close)
  return orm.select().from(sessionState).all()
}

async function end(core: Core, session: Session, id: string): Promise<void> {
  const mailbox = await core.mailboxes.open(session.agentGroupId, session.id)
  await mailbox.end([id], 'completed')
  await mailbox.close()
}

test('[X20] a session that is cleared knows nothing, and has heard nobody', async () => {
  const core = await freshCore()
  const session = await talk(core)
  const { id } = await say(core, session, place, 'mallory')
  await end(core, session, id)
  expect(await core.heard.isOpen(session)).toBe(true)
  await core.clearSession(session, 'pers-00000001')
  const files = core.layout.session(session.agentGroupId, session.id)
  expect(remembered(core, session)).toEqual([])
  expect(existsSync(files.workspace)).toBe(false)
  expect(await readdir(files.private)).not.toContainEqual(expect.stringMatching(/^forgotten/))
  expect(await core.heard.list(session.id)).toEqual([])
  expect(await core.heard.isOpen(session)).toBe(false)
  expect((await core.audit.newest(1))[0]).toMatchObject({
    ...{ kind: 'session-cleared', subject: session.id, actor: 'pers-00000001' },
  })
  await core.clearSession(session)
})

test('[X20] whoever waits to be heard still counts as heard', async () => {
  const core = await freshCore()
  const session = await talk(core)
  const { id } = await say(core, session, place, 'mallory')
  await end(core, session, id)
  await say(core, session, other, 'eve')
  await core.clearSession(session)
  expect(await core.heard.list(session.id)).toEqual([{ place: other, userId: 'test:eve' }])
  expect(await core.heard.isOpen(session)).toBe(true)
})

test('[X20] while mail has not arrived, whom it carries stays known', async () => {
  const core = await createMemoryCore()
  const { agent, chat } = await wiredPair(core)
  const request = { agentGroupId: agent.id, messagingGroupId: chat.id, threadId: null }
  const { session } = await core.resolveSession({ ...request, sessionMode: 'shared' })
  const { id } = await say(core, session, place, 'mallory')
  const mail = { channelType: 'agent', channelInstance: '', platformId: 'ag-00000009' }
  const row = core.container(session).say('her words', mail)
  await using mailbox = await core.mailboxes.open(agent.id, session.id)
  await mailbox.end([id], 'completed')
  const { deliveries } = await mailbox.take([{ row, status: 'queued' }])
  await core.clearSession(session)
  expect(await core.heard.list(session.id)).toHaveLength(1)
  await mailbox.settle(deliveries[0]?.id ?? '', { status: 'refused', error: 'x' })
  await core.clearSession(session)
  expect(await core.heard.list(session.id)).toEqual([])
})

test.each(['files.removeMemory', 'mailboxes.init', 'heard.clear'] as const)(
  '[X20] nothing is taken for clean that is not: a crash at %s',
  async (operation) => {
    const faults = createFaultPlan()
    const home = join(await temporaryFolder(), 'home')
    const first = await createFaultyCore({ home, faults })
    const session = await talk(first)
    const { id } = await say(first, session, place, 'mallory')
    await end(first, session, id)
    faults.crashAt(operation, 1, 'before')
    await expect(first.clearSession(session)).rejects.toThrow()
    const core = await freshCore({ home })
    expect(await core.heard.isOpen(session)).toBe(true)
    await core.clearSession(session)
    expect(remembered(core, session)).toEqual([])
    expect(await core.heard.isOpen(session)).toBe(false)
  },
)
