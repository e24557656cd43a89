import { createHash } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { createCore } from '@nanoclaw/core'
import { isNanoclawError, latestVersion, type DatabaseKind } from '@nanoclaw/schema'
import { openDatabase } from '@nanoclaw/schema/database'
import { describe, expect, test } from 'vitest'
import { databasesIn, fixtureName, type HomeDatabase } from '../support/fixtures.ts'
import { waitingText } from './support/make-home.ts'
import { homeOf, startOn, using, versionsIn } from './support/open-home.ts'
import { rowsByTable, tablesOf } from '../support/database-rows.ts'

const kinds = ['central', 'inbound', 'outbound'] as const
const today = fixtureName(latestVersion)

/** What a later step of the same contract may do: columns at the end, tables, indexes. */
function takeStep(file: HomeDatabase): void {
  using(
    file,
    ({ sqlite, version }) => {
      const tables = tablesOf(sqlite)
      for (const table of tables) {
        sqlite.exec(`ALTER TABLE "${table}" ADD COLUMN later_note text`)
        sqlite.exec(`ALTER TABLE "${table}" ADD COLUMN later_count integer NOT NULL DEFAULT 7`)
        sqlite.exec(`CREATE INDEX "later_${table}" ON "${table}" (later_count, later_note)`)
      }
      sqlite.exec('CREATE TABLE later_things (id text PRIMARY KEY, value text NOT NULL)')
      sqlite.exec(`INSERT INTO later_things VALUES ('one', 'kept')`)
      sqlite.pragma(`user_version = ${version + 1}`)
    },
    'read-write',
  )
}

function assertLater(file: HomeDatabase): void {
  const found = using(file, ({ sqlite, version }) => ({ version, rows: rowsByTable(sqlite) }))
  expect(found.version).toBe(latestVersion(file.kind) + 1)
  expect(found.rows.get('later_things')).toEqual([{ id: 'one', value: 'kept' }])
  expect(existsSync(`${file.path}.v${found.version}.bak`)).toBe(false)
}

describe('a home that a later step of the same contract has written', () => {
  const cases: readonly (readonly DatabaseKind[])[] = [...kinds.map((kind) => [kind]), kinds]
  test.each(cases.map((some) => [some.join(', '), some] as const))(
    'of %s: today’s code goes on with a whole conversation',
    async (_, some) => {
      const home = homeOf(today)
      const later = databasesIn(home).filter(({ kind }) => some.includes(kind))
      for (const file of later) takeStep(file)
      const versions = versionsIn(home)
      const host = await startOn(home)
      await host.host.whenQuiet(host.chat.id)
      await host.memory.receive({ chatId: 'room', text: 'hello again' })
      await host.host.whenQuiet(host.chat.id)
      // In one turn with the next, what the tool sends would come first.
      await host.host.whenQuiet(host.chat.id)
      const byTool = '!call send_message {"to":"room","text":"by tool"}'
      await host.memory.receive({ chatId: 'room', text: byTool })
      await host.host.whenQuiet(host.chat.id)
      await host.memory.receive({ chatId: 'room', text: '!error fatal the model is away' })
      expect(await host.host.whenQuiet(host.chat.id)).toEqual({ unanswered: 0 })
      const texts = host.memory.delivered
        .filter(({ author }) => author.id !== 'nanoclaw')
        .map(({ text }) => text)
      expect(texts.slice(0, 3)).toEqual([`echo: ${waitingText}`, 'echo: hello again', 'by tool'])
      await host.stop()
      expect(versionsIn(home)).toEqual(versions)
      for (const file of later) assertLater(file)
    },
  )
})

const digest = (path: string) => createHash('sha256').update(readFileSync(path)).digest('hex')

describe('a home that a higher contract has written', () => {
  const raise = (home: string, kind: DatabaseKind): HomeDatabase => {
    const file = databasesIn(home).find((one) => one.kind === kind)
    if (file === undefined) throw new Error(`expected ${home} to have a database ${kind}`)
    const next = (Math.floor(latestVersion(kind) / 1000) + 1) * 1000
    using(file, ({ sqlite }) => sqlite.pragma(`user_version = ${next}`), 'read-write')
    return file
  }

  async function refusal(act: () => unknown): Promise<string> {
    try {
      await act()
    } catch (error) {
      if (isNanoclawError(error) && error.code === 'newer-schema') return error.message
      throw error
    }
    throw new Error('expected a refusal')
  }

  test.each(kinds)('of %s: is refused in one sentence, and its bytes stay', async (kind) => {
    const home = homeOf(today)
    const file = raise(home, kind)
    const before = digest(file.path)
    const said = await refusal(() => openDatabase({ path: file.path, kind }).close())
    expect(said).toMatch(/^[^\n]* was written by a newer NanoClaw \([^\n]*\); start that version/)
    expect(digest(file.path)).toBe(before)
    expect(existsSync(`${file.path}-wal`)).toBe(false)
  })

  test('the core does not open such a home', async () => {
    const home = homeOf(today)
    const file = raise(home, 'central')
    expect(await refusal(() => createCore({ home }))).toContain(file.path)
  })

  test('the mailbox does not open such a session', async () => {
    const home = homeOf(today)
    const file = raise(home, 'inbound')
    await using core = await createCore({ home })
    const [session] = await core.sessions.list()
    if (session === undefined) throw new Error('expected a session')
    const open = () => core.mailboxes.open(session.agentGroupId, session.id)
    expect(await refusal(open)).toContain(file.path)
  })
})
