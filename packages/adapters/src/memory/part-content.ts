import { TerminalDeliveryError } from '../contract/errors.ts'
import type { ByteStream } from '../contract/events.ts'
import type { OutboundPart } from '../contract/parts.ts'

/** What a person would read of a part. */
export function textOf(part: OutboundPart): string {
  switch (part.type) {
    case 'text':
    case 'edit':
      return part.text
    case 'question':
      return part.question
    case 'card':
      return part.fallbackText
    case 'file':
    case 'reaction':
      return ''
  }
}

/** Reads a stream to its end. @throws TerminalDeliveryError past `maxBytes`. */
export async function readAll(stream: ByteStream, maxBytes: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of stream) {
    size += chunk.byteLength
    if (size > maxBytes) {
      throw new TerminalDeliveryError(`This channel takes files up to ${maxBytes} bytes.`)
    }
    chunks.push(chunk)
  }
  const all = new Uint8Array(size)
  let offset = 0
  for (const chunk of chunks) {
    all.set(chunk, offset)
    offset += chunk.byteLength
  }
  return all
}
