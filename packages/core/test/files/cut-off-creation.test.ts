import { linkSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import { createFile } from '../../src/files/durable-files.ts'
import { freshCore, temporaryFolder, wiredPair } from '../home.ts'

const linksOf = (path: string) => statSync(path).nlink

test('a session whose creation was cut off between its two names is made whole when it is opened', async () => {
  const core = await freshCore()
  const { agent, chat } = await wiredPair(core)
  const { session } = await core.resolveSession({
    ...{ agentGroupId: agent.id, messagingGroupId: chat.id },
    ...{ threadId: null, sessionMode: 'shared' },
  })
  const files = core.layout.session(agent.id, session.id)
  for (const [index, path] of [files.inboundDb, files.outboundDb].entries()) {
    linkSync(path, join(files.private, `.0${index}.tmp`))
  }
  const mailbox = await core.mailboxes.open(agent.id, session.id)
  await mailbox.close()
  expect([linksOf(files.inboundDb), linksOf(files.outboundDb)]).toEqual([1, 1])
})

test('a name that somebody else has given to a file is left to whoever judges it', async () => {
  const core = await freshCore()
  const { agent, chat } = await wiredPair(core)
  const { session } = await core.resolveSession({
    ...{ agentGroupId: agent.id, messagingGroupId: chat.id },
    ...{ threadId: null, sessionMode: 'shared' },
  })
  const { outboundDb } = core.layout.session(agent.id, session.id)
  linkSync(outboundDb, join(dirname(outboundDb), '.0.tmp'))
  await (await core.mailboxes.open(agent.id, session.id)).close()
  expect(linksOf(outboundDb)).toBe(2)
})

test('an agent’s instructions are not set aside for a creation that was cut off', async () => {
  const core = await freshCore()
  const { agent } = await wiredPair(core)
  const { instructions } = await core.agents.prepareFolder(agent)
  linkSync(instructions, join(core.layout.agents, '.0.tmp'))
  expect((await core.agents.prepareFolder(agent)).setAside).toBeUndefined()
  expect(linksOf(instructions)).toBe(1)
})

test('of many who make a file at once one wins, and it has one name', async () => {
  const folder = await temporaryFolder()
  const path = join(folder, 'file')
  const file = { path, temporaryFolder: folder, bytes: Buffer.from('x'), mode: 0o600 }
  const made = await Promise.all(Array.from({ length: 8 }, () => createFile(file)))
  expect(made.filter(Boolean)).toHaveLength(1)
  expect(linksOf(path)).toBe(1)
})
