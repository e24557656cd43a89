import type { Writable } from 'node:stream'
import { RetryableDeliveryError, UnknownOutcomeError } from '@nanoclaw/adapters'
import type { TerminalConsole } from '@nanoclaw/adapters/terminal'

/** One thing that happened, for programs: one JSON object a line. */
export interface OutputEvent {
  readonly type: string
  readonly [field: string]: unknown
}

/** Writes one event; resolves when it is flushed. */
export function writeEvent(output: Writable, event: OutputEvent): Promise<void> {
  return new Promise((resolve, reject) => {
    if (!output.writable) {
      reject(new RetryableDeliveryError('The output is closed.'))
      return
    }
    output.write(`${JSON.stringify(event)}\n`, (cause) => {
      if (cause) reject(new UnknownOutcomeError('Writing the answer failed.', { cause }))
      else resolve()
    })
  })
}

/** A console for programs: each answer is one line `{"type":"message","agent":…,"text":…}`. */
export function createJsonConsole(output: Writable): TerminalConsole {
  return {
    show: ({ author, text }) => writeEvent(output, { type: 'message', agent: author.name, text }),
  }
}
