import type { PlainDatabase } from '@nanoclaw/schema/plain'
import { expect, test } from 'vitest'
import { statementPlans } from '../../scripts/statement-source.ts'
import { openSessionDatabases } from '../../src/runner/open-session.ts'
import * as generated from '../../src/runner/statements.generated.ts'
import { folder } from '../support/local-runners.ts'

const { inboxPlans, outboxPlans, prunePlans } = generated

/** Walked as a whole, because they hold what is open, or one session's address book and place. */
const small = [
  /^SCAN messages_in USING INDEX messages_in_pending$/,
  /^SCAN turns USING INDEX turns_running$/,
  /^SCAN destinations$/,
  /^SCAN session_routing$/,
]

/** How SQLite goes about a statement. */
function stepsOf({ sqlite }: PlainDatabase, sql: string): string[] {
  const values = [...sql.matchAll(/\?/g)].map(() => null)
  const rows = sqlite.prepare<unknown[], { detail: string }>(`EXPLAIN QUERY PLAN ${sql}`)
  return rows.all(...values).map(({ detail }) => detail)
}

test('the statements are those of the queries as they are', () => {
  expect({ ...generated }, 'run scripts/generate-statements.ts').toEqual(statementPlans())
})

test('every statement goes by an index or walks what is small, whatever the history', async () => {
  const { inbound, outbound } = await openSessionDatabases(folder(), () => Promise.resolve())
  const all = [
    ...Object.entries(inboxPlans).map(([name, { sql }]) => ({ name, sql, database: inbound })),
    ...Object.entries(outboxPlans).map(([name, { sql }]) => ({ name, sql, database: outbound })),
    ...Object.entries(prunePlans).map(([name, { sql }]) => ({ name, sql, database: outbound })),
  ]
  expect(all.length).toBeGreaterThan(30)
  for (const { name, sql, database } of all) {
    const walks = stepsOf(database, sql).filter((step) => step.startsWith('SCAN'))
    const odd = walks.filter((step) => !small.some((allowed) => allowed.test(step)))
    expect(odd, name).toEqual([])
  }
})
