import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { readArchive, type PrunedRow } from '@nanoclaw/core'
import { createLayout } from '@nanoclaw/schema'

/** A row with the names that its table has for columns. */
export type Row = Readonly<Record<string, unknown>>

/** What has been pruned from one session, by table. */
export type Archived = Readonly<Partial<Record<PrunedRow['table'], readonly Row[]>>>

/** What has been pruned from each session of a home; by the session's id. */
export async function readArchives(home: string): Promise<ReadonlyMap<string, Archived>> {
  const { sessions } = createLayout(home)
  const found = new Map<string, Partial<Record<PrunedRow['table'], Row[]>>>()
  const entries = await readdir(sessions, { recursive: true, withFileTypes: true })
  for (const { name, parentPath } of entries.filter(({ name }) => name.endsWith('.jsonl.gz'))) {
    // <agent>/<session>/private/archive/<file>
    const session = parentPath.split('/').at(-3) ?? ''
    const tables = found.get(session) ?? {}
    found.set(session, tables)
    for await (const { table, row } of readArchive(join(parentPath, name))) {
      const rows = (tables[table] ??= [])
      rows.push(withColumnNames(row))
    }
  }
  return found
}

function withColumnNames(row: PrunedRow['row']): Row {
  const columns = Object.entries(row).map(([name, value]) => [
    name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
    value,
  ])
  return Object.fromEntries(columns)
}
