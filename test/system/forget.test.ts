import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { rowsInSession } from './support/session-files.ts'
import { useTestHosts } from './support/test-host.ts'

const { start } = useTestHosts()
const canary = 'canary-51d2'

async function filesWith(folder: string, text: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  const found: string[] = []
  for (const entry of entries.filter((one) => one.isFile())) {
    const path = join(entry.parentPath, entry.name)
    // The log of a database goes away when the last one closes it.
    const bytes = await readFile(path).catch(() => Buffer.alloc(0))
    if (bytes.includes(text)) found.push(path)
  }
  return found
}

it('a host forgets a person while its container lives, and goes on with the next number', async () => {
  const host = await start()
  await host.memory.receive({ chatId: 'room', text: canary })
  await host.host.whenQuiet(host.chat.id)
  const sql = `SELECT channel_type AS channelType, content ->> '$.senderId' AS handle FROM messages_in`
  const [row] = await rowsInSession(host, 'inbound', sql)
  const person = { channelType: String(row?.channelType), handle: String(row?.handle) }
  expect((await filesWith(host.core.layout.sessions, canary)).length).toBeGreaterThan(0)

  const report = await host.host.forget(person)
  expect(report.sessions).toMatchObject([{ isWhole: true, inbound: 1, deliveries: 1 }])
  expect(await filesWith(host.core.layout.home, canary)).toEqual([])

  await host.memory.receive({ chatId: 'room', text: 'again' })
  await host.host.whenQuiet(host.chat.id)
  expect(host.memory.delivered.map(({ text }) => text).at(-1)).toBe('echo: again')
  const seqs = 'SELECT seq FROM messages_in UNION SELECT seq FROM delivered ORDER BY seq'
  const [first, second] = await rowsInSession(host, 'inbound', seqs)
  expect(Number(first?.seq)).toBeGreaterThan(3)
  expect(Number(second?.seq)).toBeGreaterThan(Number(first?.seq))
  expect(await host.core.incidents.list({ open: true })).toEqual([])
})
