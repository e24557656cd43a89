import { StringDecoder } from 'node:string_decoder'
import { NanoclawError } from '@nanoclaw/schema'

/** The longest frame that the daemon takes of a client, in bytes: one MiB. */
export const maxFrameBytes = 1_048_576

/** The longest that a client takes of the daemon: an answer of one MiB, escaped as JSON. */
export const maxAnswerBytes = 8 * 1_048_576

/**
 * The lines of a byte stream, without their ends; a last one without an end is not a frame.
 * @throws NanoclawError `bad-content` for a line that is longer than `maxBytes`.
 */
export async function* readFrames(
  stream: AsyncIterable<Buffer>,
  maxBytes: number = maxFrameBytes,
): AsyncGenerator<string, void, undefined> {
  let parts: Buffer[] = []
  let size = 0
  for await (const chunk of stream) {
    let from = 0
    for (let end = chunk.indexOf(10); end !== -1; end = chunk.indexOf(10, from)) {
      parts.push(chunk.subarray(from, end))
      size += end - from
      if (size > maxBytes) throw tooLong(maxBytes)
      yield decode(parts)
      parts = []
      size = 0
      from = end + 1
    }
    parts.push(chunk.subarray(from))
    size += chunk.length - from
    if (size > maxBytes) throw tooLong(maxBytes)
  }
}

function decode(parts: readonly Buffer[]): string {
  return new StringDecoder('utf8').end(Buffer.concat(parts))
}

function tooLong(maxBytes: number): NanoclawError {
  return new NanoclawError('bad-content', `a frame is longer than ${maxBytes} bytes`)
}

/** A frame as it goes over the wire. JSON escapes line breaks, so that one line is one frame. */
export function encodeFrame(frame: object): string {
  return `${JSON.stringify(frame)}\n`
}
