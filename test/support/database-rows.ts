import type { OpenDatabase } from '@nanoclaw/schema/database'

type Sqlite = Pick<OpenDatabase['sqlite'], 'prepare'>

/** A row by its columns. */
export type Row = Readonly<Record<string, unknown>>

/** All tables of a database, by name. */
export function tablesOf(sqlite: Sqlite): readonly string[] {
  const sql = `SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name`
  return sqlite
    .prepare<[], { name: string }>(sql)
    .all()
    .map(({ name }) => name)
}

/** All rows of all tables, in the order of their keys, which are one or two columns at the front. */
export function rowsByTable(sqlite: Sqlite): ReadonlyMap<string, readonly Row[]> {
  return new Map(
    tablesOf(sqlite).map((table) => [
      table,
      sqlite.prepare<[], Row>(`SELECT * FROM "${table}" ORDER BY 1, 2`).all(),
    ]),
  )
}

/** What the schema of a database says, as SQL. */
export function schemaOf(sqlite: Sqlite): readonly Row[] {
  const sql = 'SELECT type, name, tbl_name, sql FROM sqlite_schema ORDER BY type, name'
  return sqlite.prepare<[], Row>(sql).all()
}
