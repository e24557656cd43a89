import { createInterface, type Interface } from 'node:readline'
import type { Readable, Writable } from 'node:stream'
import { cleanName } from './clean-text.ts'
import type { Paint } from './paint.ts'
import { fitText } from './text-width.ts'
import type { Author } from '../contract/parts.ts'

const FRAMES = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'] as const
const FRAME_MS = 120
/** Where a terminal does not know its width, or says 0. */
const COLUMNS = 80
/** Readline's count of rows above the cursor; undocumented, and so in all releases since Node 0.8. */
const ROWS = 'prevRows'
const HISTORY_LINES = 500

/** A terminal's output: a stream that may know its width and its colours. */
export type TerminalOutput = Writable & {
  readonly columns?: number
  hasColors?(count?: number): boolean
}

/** What the screen tells its owner. */
export interface ScreenEvents {
  line(text: string): void
  interrupt(): void
  closed(): void
  history(newestFirst: readonly string[]): void
}

/**
 * A line being typed at the bottom, with a sign above it while somebody is at work. What is printed
 * goes above both. Node's readline edits the line; the sign is a first row of its prompt, so that
 * readline itself knows how much to redraw.
 */
export class InteractiveScreen {
  readonly #input: Readable
  readonly #output: TerminalOutput
  readonly #onKey = (_text: unknown, key: unknown): void => {
    this.#learnRow()
    if (isLeaving(key)) this.#draw(false)
  }
  readonly #paint: Paint
  readonly #readline: Interface
  #typing: Author | undefined
  #frame = 0
  #timer: NodeJS.Timeout | undefined
  #open = true

  constructor(
    streams: { readonly input: Readable; readonly output: TerminalOutput },
    paint: Paint,
    events: ScreenEvents,
    setUp: { readonly history: readonly string[]; readonly commands: readonly string[] },
  ) {
    this.#input = streams.input
    this.#output = streams.output
    this.#paint = paint
    this.#readline = createInterface({
      ...streams,
      terminal: true,
      prompt: this.#prompt(),
      history: [...setUp.history].reverse(),
      historySize: HISTORY_LINES,
      removeHistoryDuplicates: true,
      completer: (line: string) => [complete(line, setUp.commands), line],
    })
    this.#readline.on('line', (text) => events.line(text))
    this.#readline.on('SIGINT', () => events.interrupt())
    this.#readline.on('history', (lines) => events.history(lines))
    this.#readline.on('close', () => {
      this.close()
      events.closed()
    })
    // Before readline takes the key: what stays on the screen is the line without the sign.
    this.#input.prependListener('keypress', this.#onKey)
    this.#readline.prompt()
  }

  get columns(): number {
    return this.#output.columns || COLUMNS
  }

  /** What is being typed. */
  get line(): string {
    return this.#readline.line
  }

  /** Prints above the line being typed; `flushed` is told when it was written, or why not. */
  print(text: string, flushed: (error: Error | null | undefined) => void = () => undefined): void {
    if (!this.#open) {
      this.#output.write(`${text}\n`, flushed)
      return
    }
    const rows = this.#learnRow()
    const up = rows > 0 ? `\x1b[${rows}A` : ''
    this.#output.write(`${up}\r\x1b[J${text}\n`, flushed)
    this.#tellRow(0)
    this.#redraw(true)
  }

  setTyping(author: Author | undefined): void {
    this.#typing = author
    clearInterval(this.#timer)
    this.#timer = undefined
    if (!this.#open) return
    if (author !== undefined) {
      this.#timer = setInterval(() => {
        this.#frame += 1
        this.#draw()
      }, FRAME_MS)
    }
    this.#draw()
  }

  /** Draws the prompt and what is typed so far. */
  draw(): void {
    this.#draw()
  }

  clearLine(): void {
    this.#readline.write(null, { ctrl: true, name: 'e' })
    this.#readline.write(null, { ctrl: true, name: 'u' })
    this.#draw()
  }

  /** Leaves the cursor at the start of a row of its own, and the terminal as it was. */
  close(): void {
    if (!this.#open) return
    this.#open = false
    this.setTyping(undefined)
    this.#input.removeListener('keypress', this.#onKey)
    this.#readline.close()
  }

  #draw(sign = true): void {
    if (!this.#open) return
    this.#learnRow()
    this.#redraw(sign)
  }

  #redraw(sign: boolean): void {
    this.#readline.setPrompt(this.#prompt(sign))
    this.#readline.prompt(true)
  }

  #prompt(sign = true): string {
    const prompt = this.#paint.prompt('›') + ' '
    if (!sign || this.#typing === undefined) return prompt
    const frame = FRAMES[this.#frame % FRAMES.length] ?? ''
    const text = `${frame} ${cleanName(this.#typing.name)} is thinking…`
    return `${this.#paint.dim(fitText(text, this.columns - 1))}\n${prompt}`
  }

  /**
   * The cursor's row, counted from where the prompt begins. Readline goes up by its own count before
   * it redraws, and that count is behind after a paste, of which it writes each character without
   * counting. A character in the last column leaves the cursor in its row until the next one.
   */
  #learnRow(): number {
    const counted: unknown = Reflect.get(this.#readline, ROWS)
    const { rows, cols } = this.#readline.getCursorPos()
    const behind = typeof counted !== 'number' || counted < rows
    const row = cols === 0 && behind && this.line !== '' ? rows - 1 : rows
    this.#tellRow(row)
    return row
  }

  #tellRow(row: number): void {
    Reflect.set(this.#readline, ROWS, row)
  }
}

function complete(line: string, commands: readonly string[]): string[] {
  return line.startsWith('/') ? commands.filter((command) => command.startsWith(line)) : []
}

/** Enter, Ctrl-C, Ctrl-D: keys after which readline leaves the line. */
function isLeaving(key: unknown): boolean {
  if (typeof key !== 'object' || key === null) return false
  const { name, ctrl } = key as { name?: unknown; ctrl?: unknown }
  if (name === 'return' || name === 'enter') return true
  return ctrl === true && (name === 'c' || name === 'd')
}
