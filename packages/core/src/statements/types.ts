/** What a parameter is bound to: the value of that name, or always the same. */
export type Parameter = string | { readonly always: string | number | null }

/** A statement that Drizzle has written, as plain data. */
export interface CompiledStatement {
  readonly sql: string
  readonly parameters: readonly Parameter[]
  /** Where each column of a row goes: `seq`, or `inbound.seq`; none where no rows are given back. */
  readonly columns: readonly string[]
  /** Objects in a row that are null where all that is in them is: of a joined table. */
  readonly optional: readonly string[]
}

/** The values of a statement's parameters, by name. */
export type Values = Readonly<Record<string, unknown>>

/** A prepared statement. Each function throws SQLite's own errors. */
export interface Statement<Row> {
  run(values?: Values): { readonly changes: number }
  get(values?: Values): Row | undefined
  all(values?: Values): Row[]
}

type RowOf<Prepared> = Prepared extends { all(values?: Record<string, unknown>): (infer Row)[] }
  ? Row
  : never

/** What is bound of statements that Drizzle's models type: each is prepared at its first use. */
export type Bound<Written> = {
  readonly [Name in keyof Written]: Written[Name] extends () => infer Prepared
    ? () => Statement<RowOf<Prepared>>
    : never
}

/** Of each statement what was compiled. */
export type Compiled<Written> = { readonly [Name in keyof Written]: CompiledStatement }
