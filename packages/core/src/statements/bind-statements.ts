import type { PlainDatabase } from '@nanoclaw/schema/plain'
import { lazy } from '../mailbox/lazy.ts'
import type { Bound, Compiled, CompiledStatement, Statement, Values } from './types.ts'

type Sqlite = PlainDatabase['sqlite']
type Row = Record<string, unknown>
type ToRow = (columns: readonly unknown[]) => Row

function flatRows(names: readonly string[]): ToRow {
  return (columns) => {
    const row: Row = {}
    for (let index = 0; index < names.length; index += 1) row[names[index] ?? ''] = columns[index]
    return row
  }
}

/** Of rows with an object for each table that is joined. */
function nestedRows({ columns: paths, optional }: CompiledStatement): ToRow {
  const split = paths.map((path) => path.split('.'))
  return (columns) => {
    const row: Row = {}
    const objects: Record<string, Row> = {}
    for (const [index, [outer = '', inner]] of split.entries()) {
      if (inner === undefined) row[outer] = columns[index]
      else (objects[outer] ??= {})[inner] = columns[index]
    }
    for (const [name, object] of Object.entries(objects)) {
      const isThere = !optional.includes(name) || Object.values(object).some((one) => one !== null)
      row[name] = isThere ? object : null
    }
    return row
  }
}

function valueOf(values: Values, name: string): unknown {
  if (name in values) return values[name]
  throw new TypeError(`expected a value for the parameter ${name}`)
}

function prepare(sqlite: Sqlite, compiled: CompiledStatement): Statement<unknown> {
  const { sql, parameters, columns } = compiled
  const statement = sqlite.prepare<unknown[], readonly unknown[]>(sql)
  if (columns.length > 0) statement.raw(true)
  const toRow = columns.some((path) => path.includes('.'))
    ? nestedRows(compiled)
    : flatRows(columns)
  const bound = (values: Values = {}) =>
    parameters.map((parameter) =>
      typeof parameter === 'string' ? valueOf(values, parameter) : parameter.always,
    )
  return {
    run: (values) => statement.run(bound(values)),
    get(values) {
      const row = statement.get(bound(values))
      return row && toRow(row)
    },
    all: (values) => statement.all(bound(values)).map(toRow),
  }
}

/** Statements on one open database. Rows have the form that Drizzle gives them, by the same models. */
export function bindStatements<Written>(
  sqlite: Sqlite,
  compiled: Compiled<Written>,
): Bound<Written> {
  const entries = Object.entries<CompiledStatement>(compiled)
  const bound = entries.map(([name, one]) => [name, lazy(() => prepare(sqlite, one))])
  // The generator has written them from these very models.
  return Object.fromEntries(bound) as Bound<Written>
}
