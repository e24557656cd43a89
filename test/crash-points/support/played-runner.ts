import { setImmediate as turnOfLoop } from 'node:timers/promises'
import { createIds, nextRunnerSeq, systemClock, timestamp, type Origin } from '@nanoclaw/schema'
import { openDatabase, type OpenDatabase } from '@nanoclaw/schema/database'

/** A row as the played agent is given it. */
export interface Asked {
  readonly id: string
  readonly seq: number
  readonly kind: string
  readonly text: string
  readonly origin: Origin | null
  /** How often it has been begun, this time included. */
  readonly claims: number
}

/** What the played agent says to a row. */
export interface Said {
  readonly text: string
  /** Default: where the row came from. */
  readonly origin?: Origin
  readonly deliverAfter?: string
  /** Default: one of its own. */
  readonly id?: string
}

/** How the played agent answers a row; `hang`: it never does, and its turn goes on; `fail`: it cannot. */
export type Answer = (row: Asked) => readonly Said[] | 'hang' | 'fail'

/** A row, and what is said to it. */
type Answered = readonly [PendingColumns, readonly Said[] | 'fail']

interface PendingColumns {
  readonly id: string
  readonly seq: number
  readonly kind: string
  readonly content: string
  readonly channel_type: string | null
  readonly channel_instance: string
  readonly platform_id: string | null
  readonly thread_id: string | null
  readonly process_after: string | null
  readonly trigger: number
}

/** Where a runner works. */
export interface RunnerFiles {
  readonly inboundDb: string
  readonly outboundDb: string
  readonly journal: 'wal' | 'delete'
  readonly epoch: number
}

const ids = createIds(systemClock)

function textOf(content: string): string {
  const parsed: unknown = JSON.parse(content)
  const text = typeof parsed === 'object' && parsed !== null ? Reflect.get(parsed, 'text') : ''
  return typeof text === 'string' ? text : ''
}

function originOf(row: PendingColumns): Origin | null {
  if (row.channel_type === null || row.platform_id === null) return null
  return {
    channelType: row.channel_type,
    channelInstance: row.channel_instance,
    platformId: row.platform_id,
    threadId: row.thread_id,
  }
}

/**
 * A runner in this process that keeps to the session protocol: the fence, a claim before the work, the
 * answers and the ends of what they answer in one transaction, rows that come meanwhile pushed into
 * the turn and ended by its result. It is another process in life: it goes on when the host dies,
 * and `kill` ends it between two commits.
 */
export class PlayedRunner {
  readonly #inbound: OpenDatabase
  readonly #outbound: OpenDatabase
  readonly #epoch: number
  readonly #answer: Answer
  readonly #ringHost: () => void
  readonly #exit = Promise.withResolvers<number | null>()
  #isOver = false
  #isLeaving = false
  #working = false
  #hangs = false
  #rung = true

  constructor(files: RunnerFiles, answer: Answer, ringHost: () => void) {
    const { inboundDb, outboundDb, journal, epoch } = files
    const timeoutMs = 1_000
    this.#inbound = openDatabase({
      path: inboundDb,
      kind: 'inbound',
      access: 'read-only',
      timeoutMs,
    })
    this.#outbound = openDatabase({ path: outboundDb, kind: 'outbound', journal, timeoutMs })
    this.#epoch = epoch
    this.#answer = answer
    this.#ringHost = ringHost
    this.#takeOver()
    this.ring()
  }

  /** It is in a turn that does not end. */
  get isHanging(): boolean {
    return this.#hangs && !this.#isOver
  }

  /** Resolves with the exit code when it has ended; null: it was killed. */
  get exited(): Promise<number | null> {
    return this.#exit.promise
  }

  ring(): void {
    this.#rung = true
    if (!this.#working && !this.#hangs) void this.#work().catch(() => this.#end(1))
  }

  /** Finishes its turn, then ends; one that hangs has to be killed. */
  finish(): void {
    this.#isLeaving = true
    if (!this.#working && !this.#hangs) this.#end(0)
  }

  kill(): void {
    this.#end(null)
  }

  /** A killed process leaves its files as they are; this is for the end of the test. */
  close(): void {
    this.#inbound.close()
    this.#outbound.close()
  }

  #end(code: number | null): void {
    this.#isOver = true
    this.#exit.resolve(code)
  }

  #takeOver(): void {
    const { sqlite } = this.#outbound
    this.#outbound.transact('immediate', () => {
      const now = timestamp(systemClock)
      sqlite
        .prepare(
          `INSERT INTO container_state (id, epoch, updated_at) VALUES (1, ?, ?)
           ON CONFLICT (id) DO UPDATE SET epoch = excluded.epoch, updated_at = excluded.updated_at`,
        )
        .run(this.#epoch, now)
      sqlite.prepare(`UPDATE turns SET status = 'interrupted' WHERE status = 'running'`).run()
    })
  }

  /** Whether it may begin a turn: a ring in the turn that hangs begins no other. */
  get #isReady(): boolean {
    return !this.#isOver && !this.#isLeaving && !this.#hangs
  }

  async #work(): Promise<void> {
    this.#working = true
    try {
      while (this.#rung && this.#isReady) {
        this.#rung = false
        await turnOfLoop()
        if (this.#isReady) await this.#turn()
      }
    } finally {
      this.#working = false
    }
    if (this.#isLeaving && !this.#hangs) this.#end(0)
  }

  #due(): readonly PendingColumns[] {
    const ended = this.#outbound.sqlite
      .prepare<[], { readonly message_id: string }>(
        `SELECT message_id FROM processing_ack WHERE status <> 'processing'`,
      )
      .all()
    const known = new Set(ended.map((ack) => ack.message_id))
    const now = timestamp(systemClock)
    return this.#inbound.sqlite
      .prepare<[], PendingColumns>(
        `SELECT * FROM messages_in WHERE status = 'pending' ORDER BY seq`,
      )
      .all()
      .filter((row) => !known.has(row.id) && (row.process_after ?? now) <= now)
  }

  async #turn(): Promise<void> {
    if (!this.#due().some(({ trigger }) => trigger === 1)) return
    const turnId = ids.next('turn')
    const claimed = new Map<string, PendingColumns>()
    this.#claim(turnId, claimed)
    await turnOfLoop()
    if (this.#isOver) return
    // What has come meanwhile is pushed into the turn.
    this.#claim(turnId, claimed)
    await turnOfLoop()
    if (this.#isOver) return
    const rows = [...claimed.values()]
    const said: Answered[] = []
    for (const row of rows) {
      const answer = row.trigger === 1 ? this.#answer(this.#asked(row)) : []
      if (answer === 'hang') {
        this.#hangs = true
        return
      }
      said.push([row, answer])
    }
    this.#result(turnId, said)
    this.#rung = true
    this.#ringHost()
  }

  #asked(row: PendingColumns): Asked {
    const { id, seq, kind, content } = row
    const claims = this.#outbound.sqlite
      .prepare<[string], number>(`SELECT count(*) FROM turns WHERE message_ids LIKE ?`)
      .pluck()
      .get(`%${id}%`)
    const origin = originOf(row)
    return { id, seq, kind, text: textOf(content), origin, claims: claims ?? 0 }
  }

  #claim(turnId: string, claimed: Map<string, PendingColumns>): void {
    const due = this.#due()
    for (const row of due) claimed.set(row.id, row)
    const { sqlite } = this.#outbound
    this.#outbound.transact('immediate', () => {
      const now = timestamp(systemClock)
      sqlite
        .prepare(
          `INSERT INTO turns (turn_id, epoch, message_ids, claims, claimed_at, status)
           VALUES (?, ?, ?, 1, ?, 'running')
           ON CONFLICT (turn_id) DO UPDATE SET message_ids = excluded.message_ids`,
        )
        .run(turnId, this.#epoch, JSON.stringify([...claimed.keys()]), now)
      for (const { id } of due) this.#setAck(id, 'processing', turnId)
    })
  }

  #setAck(id: string, status: string, turnId: string): void {
    this.#outbound.sqlite
      .prepare(
        `INSERT INTO processing_ack (message_id, status, status_changed, turn_id, epoch)
         VALUES (?, ?, ?, ?, ?)
         ON CONFLICT (message_id) DO UPDATE SET status = excluded.status,
           status_changed = excluded.status_changed, turn_id = excluded.turn_id,
           epoch = excluded.epoch`,
      )
      .run(id, status, timestamp(systemClock), turnId, this.#epoch)
  }

  #largestSeq(): number {
    const numbers = [
      this.#inbound.sqlite.prepare(`SELECT max(seq) FROM messages_in`).pluck().get(),
      this.#outbound.sqlite.prepare(`SELECT max(seq) FROM messages_out`).pluck().get(),
      this.#inbound.sqlite.prepare(`SELECT max(seq) FROM delivered`).pluck().get(),
    ]
    return Math.max(0, ...numbers.map(Number))
  }

  #result(turnId: string, said: readonly Answered[]): void {
    const { sqlite } = this.#outbound
    this.#outbound.transact('immediate', () => {
      for (const [row, answers] of said) {
        for (const each of answers === 'fail' ? [] : answers) this.#say(each, row, turnId)
        this.#setAck(row.id, answers === 'fail' ? 'failed' : 'completed', turnId)
      }
      const hasFailed = said.some(([, answers]) => answers === 'fail')
      sqlite
        .prepare(`UPDATE turns SET status = ?, error = ?, ended_at = ? WHERE turn_id = ?`)
        .run(
          hasFailed ? 'failed' : 'completed',
          hasFailed ? 'out of order' : null,
          timestamp(systemClock),
          turnId,
        )
    })
  }

  #say(said: Said, row: PendingColumns, turnId: string): void {
    const origin = said.origin ?? originOf(row)
    this.#outbound.sqlite
      .prepare(
        `INSERT INTO messages_out (id, seq, in_reply_to, timestamp, deliver_after, kind, platform_id,
           channel_type, thread_id, content, channel_instance, turn_id)
         VALUES (?, ?, ?, ?, ?, 'chat', ?, ?, ?, ?, ?, ?)`,
      )
      .run(
        said.id ?? ids.next('out'),
        nextRunnerSeq(this.#largestSeq()),
        row.id,
        timestamp(systemClock),
        said.deliverAfter ?? null,
        origin?.platformId ?? null,
        origin?.channelType ?? null,
        origin?.threadId ?? null,
        JSON.stringify({ text: said.text }),
        origin?.channelInstance ?? '',
        turnId,
      )
  }
}
