import type { SessionLayout } from '@nanoclaw/schema'
import { openDatabase } from '@nanoclaw/schema/database'
import type { TestHost } from './test-host.ts'

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

/** Rows of the one session that the test's chat has. */
export async function rowsInSession(
  { core, chat }: TestHost,
  kind: 'inbound' | 'outbound',
  sql: string,
): Promise<readonly FileRow[]> {
  const [session] = await core.sessions.forChat(chat.id)
  if (session === undefined) throw new Error('expected the chat to have a session, it has none')
  return rowsOf(core.layout.session(session.agentGroupId, session.id), kind, sql)
}
