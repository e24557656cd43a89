import type { OpenDatabase } from '@nanoclaw/schema/database'
import { is, Param, Placeholder } from 'drizzle-orm'

type Sqlite = OpenDatabase['sqlite']
type Prepared = ReturnType<Sqlite['prepare']>

/** What a statement's placeholders stand for, by their names. */
export type Values = Readonly<Record<string, string | number | null>>

/** What Drizzle's builders have in common. */
interface Query {
  toSQL(): { readonly sql: string; readonly params: readonly unknown[] }
  getSelectedFields?(): object
}

/** A row as the builder of a query says it. */
type RowOf<Q> = Q extends { all(): readonly (infer Row)[] } ? Row : never

/** One statement of a connection. Throws SQLite's errors. */
export interface Statement<Row> {
  get(values?: Values): Row | undefined
  all(values?: Values): Row[]
  run(values?: Values): void
}

interface Compiled {
  readonly statement: Prepared
  /** Per parameter: the name of its placeholder, or what it always is. */
  readonly params: readonly ({ readonly name: string } | { readonly value: unknown })[]
  /** Of a row, in the order of its columns. */
  readonly names: readonly string[]
}

function compile(sqlite: Sqlite, query: Query): Compiled {
  const { sql, params } = query.toSQL()
  const names = Object.keys(query.getSelectedFields?.() ?? {})
  const statement = sqlite.prepare(sql)
  if (names.length > 0) statement.raw()
  return {
    statement,
    names,
    params: params.map((param) => {
      const inner: unknown = is(param, Param) ? param.value : param
      return is(inner, Placeholder) ? { name: inner.name } : { value: inner }
    }),
  }
}

/** Makes a statement of what `build` gives, when it is first used. */
export type Compile = <Q extends Query>(build: () => Q) => Statement<RowOf<Q>>

/**
 * Drizzle's queries as statements of a connection, prepared once, when they are first used, and run
 * without Drizzle: what that does at each run takes longer than SQLite, and a start needs few of them.
 */
export function statementsOf(sqlite: Sqlite): Compile {
  return <Q extends Query>(build: () => Q): Statement<RowOf<Q>> => {
    let compiled: Compiled | undefined
    const compiledOnce = (): Compiled => (compiled ??= compile(sqlite, build()))
    const bound = ({ params }: Compiled, values: Values | undefined): unknown[] =>
      params.map((param) => ('name' in param ? values?.[param.name] : param.value))
    const rowOf = ({ names }: Compiled, cells: unknown): RowOf<Q> => {
      const row: Record<string, unknown> = {}
      if (Array.isArray(cells)) for (const [n, name] of names.entries()) row[name] = cells[n]
      return row as RowOf<Q>
    }
    return {
      get: (values) => {
        const found = compiledOnce()
        const cells = found.statement.get(bound(found, values))
        return cells === undefined ? undefined : rowOf(found, cells)
      },
      all: (values) => {
        const found = compiledOnce()
        return found.statement.all(bound(found, values)).map((cells) => rowOf(found, cells))
      },
      run: (values) => {
        const found = compiledOnce()
        found.statement.run(bound(found, values))
      },
    }
  }
}
