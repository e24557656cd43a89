import type { Readable, Writable } from 'node:stream'
import { RetryableDeliveryError } from '../contract/errors.ts'
import { plainAnswer } from './clean-text.ts'
import { deferred } from './deferred.ts'
import { readLines, type InputLine } from './read-lines.ts'
import type { SubmitTarget, TerminalConsole } from './types.ts'
import { writeFlushed } from './write-flushed.ts'

const MAX_LINE_BYTES = 1_048_576

/** What a caller of `createPipedConsole` chooses. */
export interface PipedConsoleOptions {
  /** One message a line. */
  readonly input: Readable
  /** Gets the answers, and nothing else. */
  readonly output: Writable
  /** Gets notes on what was not taken; usually standard error. */
  readonly errors: Writable
  /** Longest line, in bytes. Default 1 MiB; longer ones are refused with a note. */
  readonly maxLineBytes?: number
}

/** What became of the lines of an input that has ended. */
export interface PipedSummary {
  /** Lines handed over and taken. */
  readonly accepted: number
  /** Lines that were not: too long, or rejected. Each has a note on `errors`. */
  readonly refused: number
}

/** A console without a person in front: a pipe, a file, a program. */
export interface PipedConsole extends TerminalConsole {
  /** Begins to read. Each line waits until the one before was taken. Call it once. */
  start(target: SubmitTarget): void
  /** Resolves at the end of the input or after `close`; rejects when a hand-over or reading fails. */
  readonly ended: Promise<PipedSummary>
  /** Stops reading, for good: the input is destroyed. Answers are refused from now on. */
  close(): void
}

/** Makes a console that reads one message a line and prints each answer as `name> text`. */
export function createPipedConsole(options: PipedConsoleOptions): PipedConsole {
  const { input, output, errors, maxLineBytes = MAX_LINE_BYTES } = options
  const ended = deferred<PipedSummary>()
  let closed = false
  let broken = false
  // A broken pipe is reported by the write that meets it; as an event alone it would end the process.
  for (const stream of [output, errors]) stream.on('error', () => undefined)

  async function submitLine(line: InputLine, target: SubmitTarget): Promise<keyof PipedSummary> {
    const refuse = (why: string): 'refused' => {
      errors.write(`line ${line.number} was not sent: ${why}\n`)
      return 'refused'
    }
    if ('tooLong' in line) {
      return refuse(`it has ${line.tooLong} bytes, at most ${maxLineBytes} are taken; split it`)
    }
    const result = await target.submit(line.text)
    return result.outcome === 'rejected' ? refuse(result.reason) : 'accepted'
  }

  async function submitLines(target: SubmitTarget): Promise<PipedSummary> {
    const summary = { accepted: 0, refused: 0 }
    try {
      for await (const line of readLines(input, maxLineBytes)) {
        if (closed) break
        if ('text' in line && line.text.trim() === '') continue
        summary[await submitLine(line, target)] += 1
      }
    } catch (error) {
      if (!closed) throw error
    }
    return summary
  }

  return {
    ended: ended.promise,
    start: (target) => {
      submitLines(target).then(ended.resolve, ended.reject)
    },
    show: async ({ author, text }) => {
      if (closed) throw new RetryableDeliveryError('The console is closed.')
      if (broken) throw new RetryableDeliveryError('The reader of the answers is gone.')
      await writeFlushed(output, plainAnswer(author.name, text)).catch((error: unknown) => {
        broken = true
        throw error
      })
    },
    close: () => {
      closed = true
      input.destroy()
    },
  }
}
