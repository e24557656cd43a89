import assert from 'node:assert/strict'
import type { SessionLayout } from '@nanoclaw/schema'
import type { OutboundReader, ReadOutcome, ReadRequest } from '../mailbox/outbound-reader.ts'
import type { TestWriter } from './outbound-writer.ts'

/** What a case of the readers' suite works with. */
export interface ReaderWorkbench {
  readonly reader: OutboundReader
  /** A session that no other case uses. */
  session(): SessionHandle
}

/** One session: its files, a request for it, reading it. */
export interface SessionHandle {
  readonly files: SessionLayout
  /** A writer in this process, closed at the end of the case. */
  writer(): TestWriter
  request(values?: Partial<ReadRequest>): ReadRequest
  read(values?: Partial<ReadRequest>): Promise<ReadOutcome>
}

/** The rows' outcome, or a failed assertion that shows the other one. */
export function rowsOf(outcome: ReadOutcome): Extract<ReadOutcome, { outcome: 'rows' }> {
  if (outcome.outcome !== 'rows') assert.fail(`expected rows, got ${JSON.stringify(outcome)}`)
  return outcome
}

/** A case before it has a reader. */
export interface ReaderCase {
  readonly name: string
  run(bench: ReaderWorkbench): Promise<void>
}
