import type { PlainDatabase } from '@nanoclaw/schema/plain'

type Sqlite = PlainDatabase['sqlite']
type Prepared = ReturnType<Sqlite['prepare']>

/** What a statement's placeholders stand for, by their names. */
export type Values = Readonly<Record<string, string | number | null>>

/** What Drizzle has made of a query, as plain data: the runner itself loads no Drizzle. */
export interface StatementPlan {
  readonly sql: string
  /** Per parameter: the name of its placeholder, or what it always is. */
  readonly params: readonly (
    { readonly name: string } | { readonly value: string | number | null }
  )[]
  /** Of a row, in the order of its columns. */
  readonly names: readonly string[]
}

/** A row as the builder of a query says it. */
type RowOf<Build> = Build extends () => { all(): readonly (infer Row)[] } ? Row : never

/** One statement of a connection. Throws SQLite's errors. */
export interface Statement<Row> {
  get(values?: Values): Row | undefined
  all(values?: Values): Row[]
  run(values?: Values): void
}

/** The statements of a set of queries. */
export type StatementsOf<Queries> = {
  readonly [Name in keyof Queries]: Statement<RowOf<Queries[Name]>>
}

/** Prepared at its first use: a start needs few of them all. */
function lazyStatement(sqlite: Sqlite, { sql, params, names }: StatementPlan): Statement<unknown> {
  let prepared: Prepared | undefined
  const statement = (): Prepared => {
    if (prepared === undefined) {
      prepared = sqlite.prepare(sql)
      if (names.length > 0) prepared.raw()
    }
    return prepared
  }
  const bound = (values: Values | undefined): unknown[] =>
    params.map((param) => ('name' in param ? values?.[param.name] : param.value))
  const rowOf = (cells: unknown): unknown => {
    const row: Record<string, unknown> = {}
    if (Array.isArray(cells)) for (const [n, name] of names.entries()) row[name] = cells[n]
    return row
  }
  return {
    get: (values) => {
      const cells = statement().get(bound(values))
      return cells === undefined ? undefined : rowOf(cells)
    },
    all: (values) => statement().all(bound(values)).map(rowOf),
    run: (values) => void statement().run(bound(values)),
  }
}

/** The statements of a connection, each prepared once; their rows are those of the queries. */
export function statementsOf<Queries>(
  sqlite: Sqlite,
  plans: { readonly [Name in keyof Queries]: StatementPlan },
): StatementsOf<Queries> {
  const entries = Object.entries<StatementPlan>(plans)
  return Object.fromEntries(
    entries.map(([name, plan]) => [name, lazyStatement(sqlite, plan)]),
  ) as StatementsOf<Queries>
}
