import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createIds, nextHostSeq, systemClock, timestamp, type JournalMode } from '@nanoclaw/schema'
import { openDatabase, templateBytes, type OpenDatabase } from '@nanoclaw/schema/database'
import {
  destinations,
  hostState,
  messagesIn,
  messagesOut,
  processingAck,
  sessionRouting,
  sessionState,
  turns,
} from '@nanoclaw/schema/drizzle'
import { asc, eq, max } from 'drizzle-orm'

/** A row as a test writes it. */
export interface TestRow {
  readonly kind?: string
  readonly content?: unknown
  readonly text?: string
  readonly platformId?: string | null
  readonly threadId?: string | null
  readonly trigger?: number
  readonly onWake?: number
  readonly tries?: number
  readonly processAfter?: string
}

/** A session's folders, with the test in the place of the host. */
export interface SessionFolder {
  readonly root: string
  readonly inboundDb: string
  readonly outboundDb: string
  readonly heartbeat: string
  readonly agentFolder: string
  readonly inbound: OpenDatabase
  /** Adds a row for the agent; returns its id and `seq`. */
  append(row: TestRow): { id: string; seq: number }
  setDestination(name: string, platformId: string, type?: 'channel' | 'agent'): void
  removeDestination(name: string): void
  setRouting(platformId: string, threadId?: string | null): void
  setHostState(key: string, value: string): void
  setRow(id: string, change: { status?: string; tries?: number }): void
  /** What a chat row says from now on, as if it had said so from the beginning. */
  setText(id: string, text: string): void
  /** What the runner has written, through a connection of the test's own. */
  out(): {
    messages: (typeof messagesOut.$inferSelect)[]
    acks: Map<string, string>
    turns: (typeof turns.$inferSelect)[]
    state: Map<string, string>
  }
  texts(): string[]
  remove(): void
}

export function createSessionFolder(journal: JournalMode = 'wal'): SessionFolder {
  const root = mkdtempSync(join(tmpdir(), 'nanoclaw-runner-'))
  const paths = {
    inboundDb: join(root, 'inbound', 'inbound.db'),
    outboundDb: join(root, 'outbound', 'outbound.db'),
    heartbeat: join(root, 'outbound', '.heartbeat'),
    agentFolder: join(root, 'agent'),
  }
  for (const folder of ['inbound', 'outbound', 'agent']) mkdirSync(join(root, folder))
  writeFileSync(paths.inboundDb, templateBytes('inbound', journal))
  writeFileSync(paths.outboundDb, templateBytes('outbound', journal))
  const inbound = openDatabase({
    path: paths.inboundDb,
    kind: 'inbound',
    journal,
    timeoutMs: 2000,
  })
  const outbound = openDatabase({
    path: paths.outboundDb,
    kind: 'outbound',
    access: 'read-only',
    timeoutMs: 2000,
  })
  const ids = createIds(systemClock)
  const { orm } = inbound
  orm
    .insert(destinations)
    .values({
      name: 'terminal',
      displayName: 'The terminal',
      type: 'channel',
      channelType: 'terminal',
      platformId: 'tty',
    })
    .run()
  return {
    root,
    ...paths,
    inbound,
    append: (row) => {
      const inMax =
        orm
          .select({ seq: max(messagesIn.seq) })
          .from(messagesIn)
          .get()?.seq ?? 0
      const outMax =
        outbound.orm
          .select({ seq: max(messagesOut.seq) })
          .from(messagesOut)
          .get()?.seq ?? 0
      const seq = nextHostSeq(Math.max(inMax, outMax))
      const id = ids.next('in')
      const platformId = row.platformId === undefined ? 'tty' : row.platformId
      orm
        .insert(messagesIn)
        .values({
          id,
          seq,
          kind: row.kind ?? 'chat',
          timestamp: timestamp(systemClock),
          content: JSON.stringify(
            row.content ?? { text: row.text ?? 'hello', sender: 'Ann', senderId: 'u1' },
          ),
          channelType: platformId === null ? null : 'terminal',
          platformId,
          threadId: row.threadId ?? null,
          trigger: row.trigger ?? 1,
          onWake: row.onWake ?? 0,
          tries: row.tries ?? 0,
          processAfter: row.processAfter ?? null,
        })
        .run()
      return { id, seq }
    },
    setDestination: (name, platformId, type = 'channel') => {
      const place =
        type === 'agent' ? { agentGroupId: platformId } : { channelType: 'terminal', platformId }
      orm
        .insert(destinations)
        .values({ name, displayName: name, type, ...place })
        .run()
    },
    removeDestination: (name) => {
      orm.delete(destinations).where(eq(destinations.name, name)).run()
    },
    setRouting: (platformId, threadId = null) => {
      orm
        .insert(sessionRouting)
        .values({ id: 1, channelType: 'terminal', platformId, threadId })
        .run()
    },
    setHostState: (key, value) => {
      orm
        .insert(hostState)
        .values({ key, value })
        .onConflictDoUpdate({ target: hostState.key, set: { value } })
        .run()
    },
    setRow: (id, change) => {
      orm.update(messagesIn).set(change).where(eq(messagesIn.id, id)).run()
    },
    setText: (id, text) => {
      const content = JSON.stringify({ text, sender: 'Ann', senderId: 'u1' })
      orm.update(messagesIn).set({ content }).where(eq(messagesIn.id, id)).run()
    },
    out: () => {
      const o = outbound.orm
      return {
        messages: o.select().from(messagesOut).orderBy(asc(messagesOut.seq)).all(),
        acks: new Map(
          o
            .select()
            .from(processingAck)
            .all()
            .map((ack) => [ack.messageId, ack.status]),
        ),
        turns: o.select().from(turns).orderBy(asc(turns.turnId)).all(),
        state: new Map(
          o
            .select()
            .from(sessionState)
            .all()
            .map((row) => [row.key, row.value]),
        ),
      }
    },
    texts: () =>
      outbound.orm
        .select({ content: messagesOut.content })
        .from(messagesOut)
        .orderBy(asc(messagesOut.seq))
        .all()
        .map((row) => String(Reflect.get(JSON.parse(row.content), 'text'))),
    remove: () => {
      outbound.close()
      inbound.close()
      rmSync(root, { recursive: true, force: true })
    },
  }
}
