import {
  NanoclawError,
  nextRunnerSeq,
  timestamp,
  type AckStatus,
  type Clock,
  type SyncMode,
  type TurnStatus,
} from '@nanoclaw/schema'
import type { PlainDatabase } from '@nanoclaw/schema/plain'
import type { OutboxQueries } from './outbox-queries.ts'
import { statementsOf, type StatementsOf } from './statement.ts'
import { outboxPlans } from './statements.generated.ts'

/** A row to be said; id, `seq` and time are the outbox's. */
export interface NewOutboxRow {
  readonly id: string
  readonly kind: 'chat' | 'system'
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

/** Past this many entries a mirror is dropped and filled anew. */
const mostMirrored = 10_000

/**
 * What the file says, as far as it has been asked or told: the runner is its only writer, and a
 * later runner's writes are found out by the fence before any of ours.
 */
interface Mirror {
  readonly acks: Map<string, AckRecord | undefined>
  readonly state: Map<string, string | undefined>
  /** Turns by the rows that wait for their next run; all of them, or not read. */
  waiting: Map<string, string> | undefined
  largestSeq: number | undefined
}

function emptyMirror(): Mirror {
  return { acks: new Map(), state: new Map(), waiting: undefined, largestSeq: undefined }
}

function remember<T>(map: Map<string, T>, key: string, value: T): void {
  if (map.size >= mostMirrored) map.clear()
  map.set(key, value)
}

const waitingPrefix = 'waiting:'

function waitingKey(rowId: string): string {
  return waitingPrefix + rowId
}

/** The ids that a turn's `message_ids` holds. */
export function parseIds(json: string): string[] {
  const parsed: unknown = JSON.parse(json)
  return Array.isArray(parsed) ? parsed.filter((id) => typeof id === 'string') : []
}

/**
 * The runner's hold on `outbound.db`, its only writer. Every change happens inside `write`, which
 * takes the write lock and looks at the fence first. The connection is never closed: closing
 * removes the `-wal` and `-shm` files that the host's reader needs.
 */
export class Outbox {
  readonly #database: PlainDatabase
  readonly #deps: OutboxDeps
  readonly #statements: StatementsOf<OutboxQueries>
  #sync: SyncMode = 'full'
  #written = true
  #mirror = emptyMirror()
  #moment: string | undefined

  constructor(database: PlainDatabase, deps: OutboxDeps) {
    this.#database = database
    this.#deps = deps
    this.#statements = statementsOf<OutboxQueries>(database.sqlite, outboxPlans)
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
    return this.#transact(sync, () => {
      this.assertOwner()
      return work()
    })
  }

  /** Adds a message with the next odd `seq`, which is returned. Inside `write`. */
  insert(row: NewOutboxRow): number {
    const own = this.#mirror.largestSeq ?? this.#statements.largest.get()?.seq ?? 0
    const seq = nextRunnerSeq(Math.max(own, this.#deps.hostSeq()))
    this.#statements.insertRow.run({ ...row, seq, now: this.#now() })
    this.#mirror.largestSeq = seq
    return seq
  }

  /** The id of the row that a tool call of a turn has made, if it has. */
  callId(turnId: string, callKey: string): string | undefined {
    return this.#statements.call.get({ turnId, callKey })?.id
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
    const { acks } = this.#mirror
    if (!acks.has(id)) remember(acks, id, this.#statements.ack.get({ id }))
    const ack = acks.get(id)
    if (ack !== undefined) return ack
    const turnId = this.#waiting().get(id)
    return turnId === undefined ? undefined : { status: 'waiting', turnId }
  }

  /**
   * Lets go of a row that waits for another run of its turn: the host must not count it as held
   * when this runner dies. Inside `write`.
   */
  release(id: string, turnId: string): void {
    this.#statements.deleteAck.run({ id })
    remember(this.#mirror.acks, id, undefined)
    this.setState(waitingKey(id), turnId)
    this.#waiting().set(id, turnId)
  }

  /** Rows that wait for another run of their turn. */
  waitingRows(): readonly string[] {
    return [...this.#waiting().keys()]
  }

  /** A row that waited for another run of its turn will not come again. Inside `write`. */
  dropWaiting(id: string): void {
    if (this.#waiting().delete(id)) this.setState(waitingKey(id), undefined)
  }

  /** Inside `write`. */
  setAck(id: string, status: AckStatus, turnId: string | null): void {
    const { epoch } = this.#deps
    this.dropWaiting(id)
    this.#statements.setAck.run({ id, status, turnId, epoch, now: this.#now() })
    remember(this.#mirror.acks, id, { status, turnId })
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

  /** The last claim of the turn does not count. Inside `write`. */
  takeClaimBack(turnId: string): void {
    this.#statements.takeClaimBack.run({ turnId })
  }

  /** Inside `write`. */
  setTurnRows(turnId: string, messageIds: readonly string[]): void {
    this.#statements.setTurnRows.run({ turnId, messageIds: JSON.stringify(messageIds) })
  }

  /** Inside `write`. */
  endTurn(turnId: string, status: Exclude<TurnStatus, 'running'>, error: string | null): void {
    this.#statements.endTurn.run({ turnId, status, error, now: this.#now() })
  }

  /**
   * Moves what was committed out of the `-wal` file, so that the commit of a message need not. For a
   * pause; does nothing where nothing was written since.
   */
  checkpoint(): void {
    if (!this.#written) return
    this.#written = false
    this.#database.sqlite.pragma('wal_checkpoint(PASSIVE)')
  }

  state(key: string): string | undefined {
    const { state } = this.#mirror
    if (!state.has(key)) remember(state, key, this.#statements.state.get({ key })?.value)
    return state.get(key)
  }

  /** Sets or, with undefined, deletes; costs nothing when that is how it is. Inside `write`. */
  setState(key: string, value: string | undefined): void {
    const { state } = this.#mirror
    if (state.has(key) && state.get(key) === value) return
    if (value === undefined) this.#statements.deleteState.run({ key })
    else this.#statements.setState.run({ key, value, now: this.#now() })
    remember(state, key, value)
  }

  /** Which tool runs now, for the host's eyes. Inside `write`. */
  setCurrentTool(tool: string | null): void {
    this.#statements.setTool.run({ tool, now: this.#now() })
  }

  /** Of all that one transaction writes, the moment is the same. */
  #now(): string {
    return (this.#moment ??= timestamp(this.#deps.clock))
  }

  #transact<T>(sync: SyncMode, work: () => T): T {
    if (this.#sync !== sync) {
      this.#database.setSync(sync)
      this.#sync = sync
    }
    this.#moment = undefined
    this.#written = true
    try {
      return this.#database.transact('immediate', work)
    } catch (error) {
      // What was rolled back is no longer what the file says.
      this.#mirror = emptyMirror()
      throw error
    }
  }

  #waiting(): Map<string, string> {
    this.#mirror.waiting ??= new Map(
      this.#statements.statesUnder
        .all({ from: waitingPrefix, to: `${waitingPrefix}~` })
        .map(({ key, value }) => [key.slice(waitingPrefix.length), value]),
    )
    return this.#mirror.waiting
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
