import {
  NanoclawError,
  nextRunnerSeq,
  timestamp,
  type AckStatus,
  type Clock,
  type OpenDatabase,
  type SyncMode,
  type TurnStatus,
} from '@nanoclaw/schema'
import { prepareOutboxStatements, type OutboxStatements } from './outbox-statements.ts'

/** A row to be said; id, `seq` and time are the outbox's. */
export interface NewOutboxRow {
  readonly id: string
  readonly kind: 'chat'
  readonly content: string
  readonly inReplyTo: string | null
  readonly channelType: string | null
  readonly channelInstance: string
  readonly platformId: string | null
  readonly threadId: string | null
  readonly turnId: string
  readonly callKey: string | null
}

/** A turn as the file has it. */
export interface TurnRecord {
  readonly turnId: string
  readonly claims: number
  readonly status: string
  readonly messageIds: readonly string[]
  readonly error: string | null
}

/** What a row's acknowledgement says; `waiting`: a turn that was cut off will take it again. */
export interface AckRecord {
  readonly status: string
  readonly turnId: string | null
}

/** What a turn had sent. */
export interface SentRecord {
  readonly seq: number
  readonly channelType: string | null
  readonly channelInstance: string
  readonly platformId: string | null
  readonly content: string
}

/** What the outbox needs beside its file. */
export interface OutboxDeps {
  readonly clock: Clock
  /** This start of the session's container. */
  readonly epoch: number
  /** The largest `seq` the host's side shows. */
  readonly hostSeq: () => number
}

function waitingKey(rowId: string): string {
  return `waiting:${rowId}`
}

function parseIds(json: string): string[] {
  const parsed: unknown = JSON.parse(json)
  return Array.isArray(parsed) ? parsed.filter((id) => typeof id === 'string') : []
}

/**
 * The runner's hold on `outbound.db`, its only writer. Every change happens inside `write`, which
 * takes the write lock and looks at the fence first. The connection is never closed: closing
 * removes the `-wal` and `-shm` files that the host's reader needs.
 */
export class Outbox {
  readonly #database: OpenDatabase
  readonly #deps: OutboxDeps
  readonly #statements: OutboxStatements
  readonly #begin: (work: () => void) => void
  #sync: SyncMode = 'full'

  constructor(database: OpenDatabase, deps: OutboxDeps) {
    this.#database = database
    this.#deps = deps
    this.#statements = prepareOutboxStatements(database)
    const transaction = database.sqlite.transaction((work: () => void) => work())
    this.#begin = (work) => transaction.immediate(work)
  }

  /** Takes the session for this epoch; turns that died with an older one become `interrupted`. */
  takeOver(): void {
    this.#transact('normal', () => {
      this.#checkFence((held) => held === undefined || held <= this.#deps.epoch)
      const now = this.#now()
      this.#statements.setFence.run({ epoch: this.#deps.epoch, now })
      for (const { turnId } of this.#statements.orphans.all()) {
        this.endTurn(turnId, 'interrupted', 'the runner ended in mid-turn')
      }
    })
  }

  /** Throws `fenced` when a later start of the container owns the session. */
  assertOwner(): void {
    this.#checkFence((held) => held === this.#deps.epoch)
  }

  /**
   * One transaction, under the write lock. Throws `fenced` when a later start of the container
   * owns the session, SQLite's own error when a lock is in the way; then nothing has changed.
   */
  write<T>(sync: SyncMode, work: () => T): T {
    let result: { readonly value: T } | undefined
    this.#transact(sync, () => {
      this.assertOwner()
      result = { value: work() }
    })
    if (result === undefined) throw new Error('a transaction ended without a result')
    return result.value
  }

  /** Adds a message with the next odd `seq`, which is returned. Inside `write`. */
  insert(row: NewOutboxRow): number {
    const own = this.#statements.largest.get()?.seq ?? 0
    const seq = nextRunnerSeq(Math.max(own, this.#deps.hostSeq()))
    this.#statements.insertRow.run({ ...row, seq, now: this.#now() })
    return seq
  }

  /** The `seq` that a tool call of a turn has made, if it has. */
  callSeq(turnId: string, callKey: string): number | undefined {
    return this.#statements.call.get({ turnId, callKey })?.seq
  }

  /** Everything said under a turn's id, oldest first. */
  sent(turnId: string): readonly SentRecord[] {
    return this.#statements.sent.all({ turnId })
  }

  ack(id: string): AckRecord | undefined {
    const ack = this.#statements.ack.get({ id })
    if (ack !== undefined) return ack
    const turnId = this.state(waitingKey(id))
    return turnId === undefined ? undefined : { status: 'waiting', turnId }
  }

  /**
   * Lets go of a row that waits for another run of its turn: the host must not count it as held
   * when this runner dies. Inside `write`.
   */
  release(id: string, turnId: string): void {
    this.#statements.deleteAck.run({ id })
    this.setState(waitingKey(id), turnId)
  }

  /** Inside `write`. */
  setAck(id: string, status: AckStatus, turnId: string | null): void {
    const { epoch } = this.#deps
    this.setState(waitingKey(id), undefined)
    this.#statements.setAck.run({ id, status, turnId, epoch, now: this.#now() })
  }

  turn(turnId: string): TurnRecord | undefined {
    const found = this.#statements.turn.get({ turnId })
    if (found === undefined) return undefined
    return { ...found, messageIds: parseIds(found.messageIds) }
  }

  /** Makes or re-opens a turn for this epoch. Inside `write`. */
  setTurn(turn: Omit<TurnRecord, 'status' | 'error'> & { readonly status: TurnStatus }): void {
    const messageIds = JSON.stringify(turn.messageIds)
    const { epoch } = this.#deps
    this.#statements.setTurn.run({ ...turn, messageIds, epoch, now: this.#now() })
  }

  /** Inside `write`. */
  setTurnRows(turnId: string, messageIds: readonly string[]): void {
    this.#statements.setTurnRows.run({ turnId, messageIds: JSON.stringify(messageIds) })
  }

  /** Inside `write`. */
  endTurn(turnId: string, status: Exclude<TurnStatus, 'running'>, error: string | null): void {
    this.#statements.endTurn.run({ turnId, status, error, now: this.#now() })
  }

  state(key: string): string | undefined {
    return this.#statements.state.get({ key })?.value
  }

  /** Sets or, with undefined, deletes. Inside `write`. */
  setState(key: string, value: string | undefined): void {
    if (value === undefined) this.#statements.deleteState.run({ key })
    else this.#statements.setState.run({ key, value, now: this.#now() })
  }

  /** Which tool runs now, for the host's eyes. Inside `write`. */
  setCurrentTool(tool: string | null): void {
    this.#statements.setTool.run({ tool, now: this.#now() })
  }

  #now(): string {
    return timestamp(this.#deps.clock)
  }

  #transact(sync: SyncMode, work: () => void): void {
    if (this.#sync !== sync) {
      this.#database.setSync(sync)
      this.#sync = sync
    }
    this.#begin(work)
  }

  #checkFence(mayWrite: (held: number | undefined) => boolean): void {
    const held = this.#statements.fence.get()?.epoch
    if (mayWrite(held)) return
    throw new NanoclawError(
      'fenced',
      `start ${held ?? 'none'} of the container owns this session, this is start ${this.#deps.epoch}; it must not write any more`,
    )
  }
}
