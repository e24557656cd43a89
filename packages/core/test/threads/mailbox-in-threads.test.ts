import { isBusy } from '@nanoclaw/schema'
import { openDatabase } from '@nanoclaw/schema/database'
import { expect, onTestFinished, test } from 'vitest'
import { freshCore, wiredPair } from '../home.ts'
import type { Core, NewInbound } from '../../src/index.ts'

const row: NewInbound = {
  kind: 'chat',
  content: { text: 'x', sender: 'Ann', senderId: 'ann' },
  origin: null,
}

async function openTwo(core: Core) {
  const { agent, chat } = await wiredPair(core)
  const open = async (threadId: string) => {
    const request = { agentGroupId: agent.id, messagingGroupId: chat.id, threadId }
    const { session } = await core.resolveSession({ ...request, sessionMode: 'per-thread' })
    const mailbox = await core.mailboxes.open(agent.id, session.id)
    return { mailbox, path: core.layout.session(agent.id, session.id).inboundDb }
  }
  return [await open('one'), await open('two')] as const
}

test('a lock that somebody holds on one session’s file delays no other of the same thread', async () => {
  const core = await freshCore({ databaseThreads: 1 })
  const [one, two] = await openTwo(core)
  await Promise.all([one.mailbox.append([row]), two.mailbox.append([row])])
  const holder = openDatabase({ path: one.path, kind: 'inbound' })
  onTestFinished(() => holder.close())
  holder.sqlite.exec('BEGIN IMMEDIATE')
  const refused = one.mailbox.append([row]).catch((error: unknown) => error)
  expect(await two.mailbox.append([row])).toMatchObject([{ seq: 4 }])
  expect(isBusy(await refused)).toBe(true)
  holder.sqlite.exec('COMMIT')
  expect(await one.mailbox.append([row])).toMatchObject([{ seq: 4 }])
})

test('a lock that somebody holds on the central database delays no session', async () => {
  const core = await freshCore({ databaseThreads: 1 })
  const [{ mailbox }] = await openTwo(core)
  await mailbox.append([row])
  const holder = openDatabase({ path: core.layout.centralDb, kind: 'central' })
  onTestFinished(() => holder.close())
  holder.sqlite.exec('BEGIN IMMEDIATE')
  const names = Array.from({ length: 20 }, (_, index) => `Max ${index}`)
  const made = Promise.all(names.map((name) => core.agents.create({ name })))
  const begun = performance.now()
  for (let rows = 0; rows < 5; rows += 1) await mailbox.append([row])
  // SQLite's own waits, 50 ms each, would have come between them.
  expect(performance.now() - begun).toBeLessThan(1_000)
  holder.sqlite.exec('COMMIT')
  expect(await made).toHaveLength(names.length)
})

test('an error of SQLite in the middle of a write crosses whole, and nothing is half there', async () => {
  const core = await freshCore({ databaseThreads: 1 })
  const [{ mailbox, path }] = await openTwo(core)
  await mailbox.append([row])
  const trigger = openDatabase({ path, kind: 'inbound' })
  trigger.sqlite.exec(
    `CREATE TRIGGER full BEFORE INSERT ON events BEGIN SELECT RAISE(ABORT, 'no room'); END`,
  )
  await expect(mailbox.append([row])).rejects.toMatchObject({
    message: 'no room',
    code: 'SQLITE_CONSTRAINT_TRIGGER',
  })
  trigger.sqlite.exec('DROP TRIGGER full')
  trigger.close()
  expect(await mailbox.pending(10)).toHaveLength(1)
})

test('what is asked for when a core is closed is done before it has closed', async () => {
  const core = await freshCore()
  const [{ mailbox, path }] = await openTwo(core)
  await mailbox.append([row])
  const asked = Promise.all(Array.from({ length: 20 }, () => mailbox.append([row])))
  const [appended] = await Promise.all([asked, core.close()])
  await expect(mailbox.append([row])).rejects.toMatchObject({ code: 'closed' })
  const database = openDatabase({ path, kind: 'inbound' })
  const count = database.sqlite.prepare('SELECT count(*) FROM messages_in').pluck().get()
  database.close()
  expect(count).toBe(1 + appended.length)
})

test('without threads everything is the same', async () => {
  const core = await freshCore({ databaseThreads: 0 })
  const [{ mailbox }] = await openTwo(core)
  expect(await mailbox.append([row, row])).toMatchObject([{ seq: 2 }, { seq: 4 }])
  await mailbox.close()
  await expect(mailbox.cursor()).rejects.toMatchObject({ code: 'closed' })
  await expect(freshCore({ databaseThreads: -1 })).rejects.toMatchObject({ code: 'bad-option' })
})
