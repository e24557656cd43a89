import type { IdPrefix, SyncMode } from '@nanoclaw/schema/plain'
import type { WritingPart } from './central-writes.ts'

/** A write that is asked for. Plain data. */
export interface WriteRequest {
  readonly part: WritingPart
  readonly method: string
  readonly args: readonly unknown[]
  readonly sync: SyncMode
  /** It may give something an id of this kind. */
  readonly idOf: IdPrefix | undefined
}

/** A write that is asked of another thread, with the time and the id that it has there. */
export interface SentWrite extends Omit<WriteRequest, 'idOf'> {
  /** Milliseconds since the epoch. */
  readonly now: number
  readonly id: string | undefined
}

/** Where writes are done. */
export interface CentralWriter {
  run(request: WriteRequest): unknown
  /** After all that it was asked. */
  close(): Promise<void>
}
