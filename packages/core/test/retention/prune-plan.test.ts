import { openDatabase } from '@nanoclaw/schema/database'
import { expect, test } from 'vitest'
import { retentionStatements } from '../../src/retention/retention-statements.ts'

test('pruning goes by keys alone: no statement of it scans a table or sorts', () => {
  const { orm, sqlite, close } = openDatabase({ path: ':memory:', kind: 'inbound', create: true })
  const statements = Object.entries(retentionStatements(orm))
  expect(statements.length).toBeGreaterThan(5)
  for (const [name, statement] of statements) {
    const { sql, params } = statement().getQuery()
    const plan = sqlite
      .prepare<unknown[], { detail: string }>(`EXPLAIN QUERY PLAN ${sql}`)
      .all(...params.map(() => 1))
      .map(({ detail }) => detail)
    // The events from the lowest stamp on, as many as are asked for.
    const allowed = name === 'oldestEvents' ? ['SCAN events'] : []
    const walks = plan.filter((step) => /SCAN|TEMP B-TREE/.test(step))
    expect({ name, walks }).toEqual({ name, walks: allowed })
  }
  close()
})
