import type { Readable } from 'node:stream'

const LINE_FEED = 0x0a
const BYTE_ORDER_MARK = '\uFEFF'

/** One line of input, or the size of one that was too long to be taken. */
export type InputLine =
  | { readonly text: string; readonly number: number }
  | { readonly tooLong: number; readonly number: number }

/**
 * Lines of a byte stream, as UTF-8 (bytes that are none become U+FFFD), ended by `\n` or `\r\n`; the
 * last one needs no end. Reads on only when asked for the next line. Of a line over `maxBytes` no
 * more than that is ever kept. `number` counts from 1.
 */
export async function* readLines(input: Readable, maxBytes: number): AsyncGenerator<InputLine> {
  const line = new LineBuffer(maxBytes)
  for await (const chunk of input as AsyncIterable<Uint8Array | string>) {
    const bytes = Buffer.from(chunk as Uint8Array)
    let from = 0
    for (let end = bytes.indexOf(LINE_FEED); end >= 0; end = bytes.indexOf(LINE_FEED, from)) {
      line.add(bytes.subarray(from, end))
      yield line.take()
      from = end + 1
    }
    line.add(bytes.subarray(from))
  }
  if (line.size > 0) yield line.take()
}

class LineBuffer {
  readonly #maxBytes: number
  #chunks: Buffer[] = []
  #size = 0
  #number = 0

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes
  }

  get size(): number {
    return this.#size
  }

  add(bytes: Buffer): void {
    this.#size += bytes.length
    if (this.#size > this.#maxBytes) this.#chunks = []
    else this.#chunks.push(bytes)
  }

  take(): InputLine {
    const [size, chunks] = [this.#size, this.#chunks]
    this.#size = 0
    this.#chunks = []
    this.#number += 1
    const number = this.#number
    if (size > this.#maxBytes) return { tooLong: size, number }
    const text = Buffer.concat(chunks).toString('utf8')
    const start = number === 1 && text.startsWith(BYTE_ORDER_MARK) ? 1 : 0
    return { text: text.slice(start, text.endsWith('\r') ? -1 : undefined), number }
  }
}
