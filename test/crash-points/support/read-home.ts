import { existsSync } from 'node:fs'
import type { HomeLayout } from '@nanoclaw/schema'
import { openDatabase, type OpenDatabase } from '@nanoclaw/schema/database'

/** A session as `central.db` has it. */
export interface SessionColumns {
  readonly id: string
  readonly agent_group_id: string
  readonly next_due_at: string | null
}

/** An incident as `central.db` has it. */
export interface IncidentColumns {
  readonly kind: string
  readonly subject: string
  readonly message: string
  readonly resolved_at: string | null
  readonly told_at: string | null
  /** Of one that is not told yet: not before this, since the same was told a short while ago. */
  readonly next_tell_at: string | null
}

/** A request as `central.db` has it. */
export interface ApprovalColumns {
  readonly status: string
  readonly told_at: string | null
}

/** A row of `messages_in`. */
export interface InboundColumns {
  readonly id: string
  readonly seq: number
  readonly kind: string
  readonly status: string
  readonly trigger: number
  readonly content: string
  readonly platform_message_id: string | null
  readonly channel_type: string | null
  readonly platform_id: string | null
}

/** A row of `delivered`. */
export interface DeliveredColumns {
  readonly message_out_id: string
  readonly seq: number
  readonly status: string
  readonly content: string
  readonly channel_type: string | null
  readonly platform_id: string | null
  readonly ambiguous_count: number
  readonly next_attempt_at: string | null
  readonly asked_at: string | null
  readonly error: string | null
}

/** A row of `delivered_parts`. */
export interface PartColumns {
  readonly message_out_id: string
  readonly part: number
  readonly status: string
  readonly ambiguous_count: number
}

/** A row of `events` that tells of a delivery. */
export interface EventColumns {
  readonly message_seq: number
  readonly status: string
}

/** All that one session's files say. */
export interface SessionView {
  readonly session: SessionColumns
  readonly inbound: readonly InboundColumns[]
  /** Ids of what the runner wrote, in order. */
  readonly said: readonly string[]
  readonly delivered: readonly DeliveredColumns[]
  readonly parts: readonly PartColumns[]
  readonly deliveryEvents: readonly EventColumns[]
}

/** Looks into a home's files beside whoever works with them. */
export interface HomeEyes {
  /** Part of the keys that platforms recognise repeats by. */
  installId(): string
  sessions(): readonly SessionColumns[]
  incidents(): readonly IncidentColumns[]
  approvals(): readonly ApprovalColumns[]
  /** How many cards are to be shown, or to be closed since their request has ended. */
  openCards(): number
  /** Events of strangers that wait for a word. */
  heldEvents(): number
  view(session: SessionColumns): SessionView
  close(): void
}

function all<Row>({ sqlite }: OpenDatabase, sql: string): readonly Row[] {
  return sqlite.prepare<[], Row>(sql).all()
}

function withDatabase<T>(
  path: string,
  kind: 'inbound' | 'outbound',
  look: (database: OpenDatabase) => T,
): T {
  const database = openDatabase({ path, kind, access: 'read-only', timeoutMs: 2_000 })
  try {
    return look(database)
  } finally {
    database.close()
  }
}

function emptyView(session: SessionColumns): SessionView {
  return { session, inbound: [], said: [], delivered: [], parts: [], deliveryEvents: [] }
}

/** Opens a home that is there. */
export function openEyes(layout: HomeLayout): HomeEyes {
  const path = layout.centralDb
  const central = openDatabase({ path, kind: 'central', access: 'read-only', timeoutMs: 2_000 })
  const sessions = central.sqlite.prepare<[], SessionColumns>(
    'SELECT id, agent_group_id, next_due_at FROM sessions',
  )
  const incidents = central.sqlite.prepare<[], IncidentColumns>('SELECT * FROM incidents')
  const approvals = central.sqlite.prepare<[], ApprovalColumns>('SELECT * FROM approvals')
  const count = (sql: string): (() => number) => {
    const statement = central.sqlite.prepare<[], number>(sql).pluck()
    return () => statement.get() ?? 0
  }
  return {
    installId: () => {
      const sql = `SELECT value FROM meta WHERE key = 'install_id'`
      return central.sqlite.prepare<[], string>(sql).pluck().get() ?? ''
    },
    sessions: () => sessions.all(),
    incidents: () => incidents.all(),
    approvals: () => approvals.all(),
    openCards: count(
      `SELECT count(*) FROM approval_cards JOIN approvals ON id = approval_id
        WHERE approval_cards.status = 'waiting'
           OR approval_cards.status = 'shown' AND approvals.status <> 'pending'`,
    ),
    heldEvents: count('SELECT count(*) FROM held_events'),
    view: (session) => {
      const files = layout.session(session.agent_group_id, session.id)
      const said = existsSync(files.outboundDb)
        ? withDatabase(files.outboundDb, 'outbound', (outbound) =>
            all<{ id: string }>(outbound, 'SELECT id FROM messages_out ORDER BY seq'),
          )
        : []
      if (!existsSync(files.inboundDb)) return emptyView(session)
      return withDatabase(files.inboundDb, 'inbound', (inbound) => ({
        session,
        said: said.map(({ id }) => id),
        inbound: all<InboundColumns>(inbound, 'SELECT * FROM messages_in ORDER BY seq'),
        delivered: all<DeliveredColumns>(inbound, 'SELECT * FROM delivered ORDER BY seq'),
        parts: all<PartColumns>(inbound, 'SELECT * FROM delivered_parts ORDER BY part'),
        deliveryEvents: all<EventColumns>(
          inbound,
          `SELECT message_seq, status FROM events WHERE type = 'delivery' ORDER BY id`,
        ),
      }))
    },
    close: () => central.close(),
  }
}
