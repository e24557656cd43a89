import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createCore } from '@nanoclaw/core'
import { createLayout } from '@nanoclaw/schema'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { readStoredHome } from '../../src/stored-home.ts'

let home: string

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'nc-look-'))
})

afterEach(() => rm(home, { recursive: true, force: true }))

/** Bytes 18 and 19 of a database say its journal: 1 for a rollback journal, 2 for WAL. */
async function journalBytes(path: string): Promise<readonly number[]> {
  return [...(await readFile(path)).subarray(18, 20)]
}

it.each([
  { journal: 'delete', bytes: [1, 1] },
  { journal: 'wal', bytes: [2, 2] },
] as const)('a look leaves sessions in $journal mode as they are', async ({ journal, bytes }) => {
  const layout = createLayout(home)
  const core = await createCore({ home, journal })
  const agent = await core.agents.create({ name: 'Ada' })
  const { session } = await core.resolveSession({ agentGroupId: agent.id, sessionMode: 'mail' })
  const { inboundDb } = layout.session(agent.id, session.id)
  await using mailbox = await core.mailboxes.open(agent.id, session.id)
  await mailbox.close()
  await core.close()
  const found = await readStoredHome({ home, layout }, async (stored) => {
    await using looked = await stored.mailboxes.openExisting(agent.id, session.id)
    return await looked?.deliveries({ limit: 1 })
  })
  expect(found).toEqual([])
  expect(await journalBytes(inboundDb)).toEqual(bytes)
})
