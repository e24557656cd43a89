import { openDatabase, type SessionLayout } from '@nanoclaw/schema'

/** A row as the file has it. */
export type FileRow = Readonly<Record<string, unknown>>

/** Looks into a session's file beside whoever works with it. */
export function rowsOf(
  layout: SessionLayout,
  kind: 'inbound' | 'outbound',
  sql: string,
): readonly FileRow[] {
  const path = kind === 'inbound' ? layout.inboundDb : layout.outboundDb
  const database = openDatabase({ path, kind, access: 'read-only', timeoutMs: 2_000 })
  try {
    return database.sqlite.prepare<[], FileRow>(sql).all()
  } finally {
    database.close()
  }
}
