import { copyFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { openDatabase, templateBytes } from '@nanoclaw/schema/database'
import { expect, onTestFinished, test } from 'vitest'
import { openInbound } from '../../src/mailbox/inbound-connection.ts'
import { temporaryFolder } from '../home.ts'

async function freshInbound() {
  const folder = await temporaryFolder()
  const path = join(folder, 'inbound.db')
  await writeFile(path, templateBytes('inbound', 'wal'))
  const connection = openInbound(path, 'wal')
  onTestFinished(() => connection.close())
  let written = 0
  return {
    connection,
    commit(times: number): void {
      for (let index = 0; index < times; index += 1) {
        const value = 'x'.repeat(4_000)
        written += 1
        connection.write('normal', ({ setState }) => setState().run({ key: `k${written}`, value }))
      }
    },
    /** How many of them a file without its log holds. */
    async checkpointed(): Promise<number> {
      const copy = join(folder, `copy-${written}.db`)
      await copyFile(path, copy)
      const database = openDatabase({ path: copy, kind: 'inbound' })
      try {
        const count = `SELECT count(*) FROM host_state WHERE key LIKE 'k%'`
        return Number(database.sqlite.prepare(count).pluck().get())
      } finally {
        database.close()
      }
    },
  }
}

test('a checkpoint is made in a pause, once there is something to gain by it', async () => {
  const { connection, commit, checkpointed } = await freshInbound()
  commit(63)
  expect(connection.pause()).toBe(false)
  expect(await checkpointed()).toBe(0)
  commit(1)
  expect(connection.pause()).toBe(true)
  expect(await checkpointed()).toBe(64)
  expect(connection.pause()).toBe(false)
})

test('a commit makes a checkpoint only of a log that has grown to some 4 MiB', async () => {
  const { commit, checkpointed } = await freshInbound()
  commit(300)
  expect(await checkpointed()).toBe(0)
  commit(600)
  expect(await checkpointed()).toBeGreaterThan(300)
})
