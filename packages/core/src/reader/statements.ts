import type { openUntrusted } from '@nanoclaw/schema/untrusted'

/** A connection to a file of which nothing is trusted. */
export type Untrusted = ReturnType<typeof openUntrusted>

type Value = string | number

/** What prepares statements of a connection, each once: to prepare one takes longer than to run it. */
export interface Statements extends Pick<Untrusted, 'prepare'> {
  /** Gives rows as arrays: better-sqlite3 compiles a function for each statement that yields objects. */
  rows<Row>(sql: string, ...values: readonly Value[]): readonly Row[]
  /** Gives the first column of the first row. */
  value(sql: string): unknown
}

function once<Prepared>(make: (sql: string) => Prepared): (sql: string) => Prepared {
  const prepared = new Map<string, Prepared>()
  return (sql) => {
    const known = prepared.get(sql)
    if (known !== undefined) return known
    const statement = make(sql)
    prepared.set(sql, statement)
    return statement
  }
}

/** A statement keeps its mode, so that each has statements of its own. */
export function prepareOnce(sqlite: Untrusted): Statements {
  const prepare = once((sql) => sqlite.prepare(sql))
  const rows = once((sql) => sqlite.prepare<Value[]>(sql).raw())
  const value = once((sql) => sqlite.prepare<[]>(sql).pluck())
  return {
    prepare: prepare as Untrusted['prepare'],
    rows: <Row>(sql: string, ...values: readonly Value[]) =>
      rows(sql).all(...values) as readonly Row[],
    value: (sql) => value(sql).get(),
  }
}
