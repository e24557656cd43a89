import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createLayout, idempotencyKey, type SessionLayout } from '@nanoclaw/schema'
import { openDatabase } from '@nanoclaw/schema/database'
import type { InboundRow, LedgerPart } from './evidence.ts'
import type { Archived, Row } from './read-archives.ts'
import { readClaims } from './read-turns.ts'

type Ask = (sql: string) => readonly Row[]

/** What the databases of a home say. */
export interface HomeRecord {
  readonly inbound: readonly InboundRow[]
  readonly ledger: readonly LedgerPart[]
}

/**
 * Reads a home that no daemon runs on. `textLength`: of the channel; `archives`: what has been pruned,
 * by session, and counts as if it stood there still.
 */
export function readHome(
  home: string,
  textLength: number,
  archives: ReadonlyMap<string, Archived> = new Map(),
): HomeRecord {
  const layout = createLayout(home)
  return within(layout.centralDb, 'central', (ask) => {
    const installId = text(ask("SELECT value FROM meta WHERE key = 'install_id'")[0]?.value)
    const sessions = ask('SELECT id, agent_group_id FROM sessions').map(({ id, agent_group_id }) =>
      readSession(layout.session(text(agent_group_id), text(id)), {
        ...{ session: text(id), installId, textLength, archived: archives.get(text(id)) ?? {} },
      }),
    )
    return {
      inbound: sessions.flatMap(({ inbound }) => inbound),
      ledger: sessions.flatMap(({ ledger }) => ledger),
    }
  })
}

/** How often each effect has happened. */
export async function readEffects(home: string): Promise<Map<string, number>> {
  const folder = createLayout(home).agent('nano')
  const names = (await readdir(folder)).filter((name) => name.startsWith('effect-'))
  const lines = async (name: string): Promise<[string, number]> => {
    const written = await readFile(join(folder, name), 'utf8')
    return [name, written.split('\n').length - 1]
  }
  return new Map(await Promise.all(names.map(lines)))
}

function within<T>(path: string, kind: 'central' | 'inbound', work: (ask: Ask) => T): T {
  const database = openDatabase({ path, kind, access: 'read-only', timeoutMs: 5_000 })
  try {
    return work((sql) => database.sqlite.prepare<[], Row>(sql).all())
  } finally {
    database.close()
  }
}

interface SessionOptions {
  readonly session: string
  readonly installId: string
  readonly textLength: number
  readonly archived: Archived
}

/** A row that was being pruned when the host died stands in both, or twice in the archive. */
function each(rows: readonly Row[], idOf: (row: Row) => string): readonly Row[] {
  return [...new Map(rows.toReversed().map((row) => [idOf(row), row])).values()].toReversed()
}

function readSession(files: SessionLayout, options: SessionOptions): HomeRecord {
  const { session, installId, textLength, archived } = options
  return within(files.inboundDb, 'inbound', (ask) => {
    const idOf = (row: Row): string => text(row.message_out_id)
    const rowsOf = (table: keyof Archived): readonly Row[] => [
      ...ask(`SELECT * FROM ${table}`),
      ...(archived[table] ?? []),
    ]
    const parts = each(rowsOf('delivered_parts'), (row) => `${idOf(row)} ${row.part}`)
    const known = Map.groupBy(parts, idOf)
    const ledger = each(rowsOf('delivered'), idOf).flatMap((row) => {
      const rowId = idOf(row)
      const parts = known.get(rowId) ?? []
      const said = textOf(row.content)
      // A part that was being sent may have no row of its own; no part but the last is half empty.
      const most = Math.max(parts.length, Math.ceil((2 * said.length) / textLength), 1)
      const isSplit = said.length > textLength
      return Array.from({ length: isSplit ? most : 1 }, (_, part): LedgerPart => {
        const own = parts.find((each) => each.part === part)
        const counted = isSplit ? own?.ambiguous_count : undefined
        return {
          key: idempotencyKey(installId, session, rowId, part),
          rowId,
          session,
          seq: Number(row.seq),
          part,
          room: optional(row.platform_id),
          text: said,
          status: text(row.status),
          ambiguousCount: Number(counted ?? row.ambiguous_count),
          inReplyTo: optional(row.in_reply_to),
          isSplit,
        }
      })
    })
    const claims = new Map(readClaims(files.outboundDb).map((one) => [one.messageId, one]))
    const asked = each(rowsOf('messages_in'), ({ id }) => text(id))
    const inbound = asked
      .filter(({ kind }) => kind === 'chat')
      .map((row) => ({
        id: text(row.id),
        seq: Number(row.seq),
        status: text(row.status),
        tries: Number(row.tries),
        turnId: claims.get(text(row.id))?.turnId ?? null,
        claims: claims.get(text(row.id))?.claims ?? 0,
        platformMessageId: optional(row.platform_message_id),
      }))
    return { inbound, ledger }
  })
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : ''
}

function optional(value: unknown): string | null {
  return typeof value === 'string' ? value : null
}

function textOf(content: unknown): string {
  const parsed: unknown = JSON.parse(text(content))
  return text(Reflect.get(Object(parsed), 'text'))
}
