import {
  errorMessage,
  isId,
  isTimestamp,
  longestContent,
  NanoclawError,
  parseInboundContent,
} from '@nanoclaw/schema'
import type { CheckedInbound } from './append-rows.ts'
import type { NewInbound } from './inbound-types.ts'
import { plainInbound } from './plain-args.ts'

function contentText(content: unknown): string {
  try {
    // Undefined for what JSON has no word for; the parser then says what was expected.
    return JSON.stringify(content) ?? ''
  } catch (error) {
    throw new NanoclawError(
      'bad-content',
      `expected content that can be written as JSON (${errorMessage(error)})`,
      { cause: error },
    )
  }
}

/** Checks a row before anything is written. Throws `bad-content`, `bad-option`. */
export function checkInbound(given: NewInbound): CheckedInbound {
  const row = plainInbound(given)
  const content = contentText(given.content)
  const bytes = Buffer.byteLength(content)
  if (bytes > longestContent) {
    throw new NanoclawError(
      'bad-content',
      `expected content of at most ${longestContent} bytes as JSON, got ${bytes}; keep what is long in a file of the inbox, and name it as an attachment`,
    )
  }
  parseInboundContent(row.kind, content)
  const { id, processAfter, hops } = row
  if (id !== undefined && !(isId(id) && id.startsWith('in-'))) {
    throw new NanoclawError(
      'bad-option',
      `expected the id of a row for an agent, such as in-0198c0de-7413-77c9-912d-6ba925652daf, got ${JSON.stringify(id)}`,
    )
  }
  if (processAfter !== undefined && !isTimestamp(processAfter)) {
    throw new NanoclawError(
      'bad-option',
      `expected processAfter as a moment such as 2026-01-31T12:00:00.000Z, got ${JSON.stringify(processAfter)}`,
    )
  }
  if (hops !== undefined && !(Number.isSafeInteger(hops) && hops >= 0)) {
    throw new NanoclawError('bad-option', `expected hops as a whole number from 0, got ${hops}`)
  }
  return { row, content }
}
