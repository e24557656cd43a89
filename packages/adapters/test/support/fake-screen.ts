import { PassThrough, Writable } from 'node:stream'

const TOKEN = /\x1b\[([0-9;?]*)([A-Za-z])|[\s\S]/gu

/** A terminal of so many columns that shows what was written to it, with rows without end. */
export class FakeScreen extends Writable {
  readonly columns: number
  readonly isTTY = true
  readonly rows: string[][] = [[]]
  raw = ''
  #row = 0
  #column = 0

  constructor(columns = 40) {
    super({ decodeStrings: false })
    this.columns = columns
  }

  override _write(chunk: unknown, _encoding: unknown, done: () => void): void {
    const text = String(chunk)
    this.raw += text
    for (const [token, args, command] of text.matchAll(TOKEN)) {
      if (command === undefined) this.#put(token)
      else this.#command(command, args ?? '')
    }
    done()
  }

  /** What a person sees, without empty rows at the end. */
  get text(): string {
    const lines = this.rows.map((row) =>
      Array.from(row, (cell) => cell ?? ' ')
        .join('')
        .trimEnd(),
    )
    return lines.join('\n').trimEnd()
  }

  /** What stands before the cursor in its row. */
  get beforeCursor(): string {
    return (this.rows[this.#row] ?? []).slice(0, this.#column).join('')
  }

  #put(char: string): void {
    if (char === '\r') this.#column = 0
    else if (char === '\n') this.#newRow()
    else if (char >= ' ') {
      if (this.#column >= this.columns) this.#newRow()
      const row = (this.rows[this.#row] ??= [])
      row[this.#column] = char
      this.#column += 1
    }
  }

  #newRow(): void {
    this.#row += 1
    this.#column = 0
    this.rows[this.#row] ??= []
  }

  #command(command: string, args: string): void {
    const count = Number(args) || 1
    this.#column = Math.min(this.#column, this.columns - 1)
    if (command === 'A') this.#row = Math.max(0, this.#row - count)
    if (command === 'B') this.#row += count
    if (command === 'C') this.#column = Math.min(this.columns - 1, this.#column + count)
    if (command === 'D') this.#column = Math.max(0, this.#column - count)
    if (command === 'G') this.#column = count - 1
    if (command === 'K' || command === 'J') this.rows[this.#row]?.splice(this.#column)
    if (command === 'J') this.rows.splice(this.#row + 1)
  }
}

/** Keys of a keyboard. */
export const KEYS = { enter: '\r', left: '\x1b[D', up: '\x1b[A', ctrlC: '\x03', ctrlD: '\x04' }

/** A keyboard, for `write`. */
export function createKeyboard(): PassThrough {
  return new PassThrough()
}
