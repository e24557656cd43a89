import { is, Param, Placeholder } from 'drizzle-orm'
import { drizzle } from 'drizzle-orm/better-sqlite3'
import { inboxQueries } from '../src/runner/inbox-queries.ts'
import { outboxQueries } from '../src/runner/outbox-queries.ts'
import { pruneQueries } from '../src/runner/prune-queries.ts'
import type { StatementPlan } from '../src/runner/statement.ts'

interface Query {
  toSQL(): { readonly sql: string; readonly params: readonly unknown[] }
  getSelectedFields?(): object
}

function planParam(param: unknown): StatementPlan['params'][number] {
  const inner: unknown = is(param, Param) ? param.value : param
  if (is(inner, Placeholder)) return { name: String(inner.name) }
  if (inner === null || typeof inner === 'string' || typeof inner === 'number') {
    return { value: inner }
  }
  throw new TypeError(
    `expected a placeholder, a text or a number as a parameter, got ${String(inner)}`,
  )
}

function plan(query: Query): StatementPlan {
  const { sql, params } = query.toSQL()
  const names = Object.keys(query.getSelectedFields?.() ?? {})
  return { sql, params: params.map(planParam), names }
}

function plans(queries: Readonly<Record<string, () => Query>>): Record<string, StatementPlan> {
  return Object.fromEntries(Object.entries(queries).map(([name, build]) => [name, plan(build())]))
}

/** What the generated file has to export. */
export function statementPlans(): Record<string, Record<string, StatementPlan>> {
  const orm = drizzle.mock()
  return {
    inboxPlans: plans(inboxQueries(orm)),
    outboxPlans: plans(outboxQueries(orm)),
    prunePlans: plans(pruneQueries(orm)),
  }
}
