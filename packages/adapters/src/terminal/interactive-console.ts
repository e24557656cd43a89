import type { Readable } from 'node:stream'
import { RetryableDeliveryError, UnknownOutcomeError } from '../contract/errors.ts'
import { cleanText } from './clean-text.ts'
import { deferred } from './deferred.ts'
import { InteractiveScreen, type TerminalOutput } from './interactive-screen.ts'
import { layOutAnswer } from './lay-out-answer.ts'
import { createPaint, type Paint } from './paint.ts'
import { wrapLine } from './text-width.ts'
import type { SubmitTarget, TerminalConsole, TerminalMessage } from './types.ts'

/** What the completion knows: `/quit` is this console's own, the others are for whoever takes messages. */
const COMMANDS = ['/help', '/status', '/stop', '/compact', '/clear', '/quit'] as const
const COLUMNS = 80
const LAST_SUBMIT_MS = 2_000

const HELP = [
  '  Enter     sends what you typed',
  '  ↑ ↓       what you wrote before',
  '  Ctrl-C    clears the line; on an empty one, leaves',
  '  Ctrl-D    leaves, and so does /quit',
  '  /help     shows this, and what else can be said',
  '  //quit    sends /quit',
].join('\n')

/** Where the lines that a person has typed are kept between two starts. */
export interface HistoryStore {
  /** Oldest first. A failure means: none. */
  load(): Promise<readonly string[]>
  /** Called after each line with all of them, oldest first. A failure is ignored. */
  save(lines: readonly string[]): Promise<void>
}

/** What a caller of `createInteractiveConsole` chooses. */
export interface InteractiveConsoleOptions {
  /** A terminal's input. */
  readonly input: Readable
  /** A terminal's output. */
  readonly output: TerminalOutput
  /** Default: what the output says of itself, which honours `NO_COLOR`. */
  readonly color?: boolean
  /** Default: lines are remembered until the process ends. */
  readonly history?: HistoryStore
}

/** How a conversation at a terminal ended: `/quit`, Ctrl-D or a closed input, Ctrl-C. */
export type InteractiveEnd = 'quit' | 'eof' | 'interrupt'

/** A console with a person in front. */
export interface InteractiveConsole extends TerminalConsole {
  /** Draws the prompt and begins to read; resolves when it has. Call it once. */
  start(target: SubmitTarget): Promise<void>
  /** Shows a line that no agent has said, such as what model answers. Not for untrusted markup. */
  note(text: string): void
  /** Resolves when the person leaves, or after `close` (as `quit`). */
  readonly ended: Promise<InteractiveEnd>
  /** Gives the terminal back as it was; answers are refused from now on. */
  close(): void
}

/** Makes a console with prompt, history, names in colour, and a sign while a turn runs. */
export function createInteractiveConsole(options: InteractiveConsoleOptions): InteractiveConsole {
  return new Conversation(options)
}

class Conversation implements InteractiveConsole {
  readonly ended: Promise<InteractiveEnd>
  readonly #options: InteractiveConsoleOptions
  readonly #paint: Paint
  readonly #end = deferred<InteractiveEnd>()
  readonly #submits = new Set<Promise<void>>()
  #screen: InteractiveScreen | undefined
  #target: SubmitTarget | undefined
  #over = false

  constructor(options: InteractiveConsoleOptions) {
    this.#options = options
    this.ended = this.#end.promise
    this.#paint = createPaint(options.color ?? options.output.hasColors?.() ?? false)
    // A terminal that went away is reported by the write that meets it.
    options.output.on('error', () => undefined)
  }

  async start(target: SubmitTarget): Promise<void> {
    const { input, output, history } = this.#options
    const lines = (await history?.load().catch(() => [])) ?? []
    if (this.#over) return
    this.#target = target
    this.#screen = new InteractiveScreen(
      { input, output },
      this.#paint,
      {
        line: (text) => this.#read(text),
        interrupt: () => this.#interrupt(),
        closed: () => this.#leave('eof'),
        history: (newest) => void history?.save([...newest].reverse()).catch(() => undefined),
      },
      { history: lines, commands: COMMANDS },
    )
  }

  async show(message: TerminalMessage): Promise<void> {
    const screen = this.#screen
    if (this.#over || screen === undefined || !this.#options.output.writable) {
      throw new RetryableDeliveryError('The console is closed.')
    }
    await new Promise<void>((resolve, reject) => {
      screen.print(layOutAnswer(message, screen.columns, this.#paint), (cause) => {
        if (cause === undefined || cause === null) resolve()
        else reject(new UnknownOutcomeError('Writing to the terminal failed.', { cause }))
      })
    })
  }

  typing(author: Parameters<InteractiveScreen['setTyping']>[0]): void {
    this.#screen?.setTyping(author)
  }

  note(text: string): void {
    this.#print(text, this.#paint.dim)
  }

  close(): void {
    this.#leave('quit')
  }

  #read(line: string): void {
    const text = line.trim()
    if (text === '/quit') return this.#leave('quit')
    // The keys are this console's, the words are those of whoever takes messages: both say theirs.
    if (text === '/help') this.note(HELP)
    if (text !== '') this.#submit(text.startsWith('//') ? line.trimStart().slice(1) : line)
    this.#screen?.draw()
  }

  #submit(text: string): void {
    const work = (this.#target?.submit(text) ?? Promise.reject(new Error('not attached'))).then(
      (result) => {
        if (result.outcome === 'rejected') this.#warn(`Not taken: ${result.reason}`)
      },
      (error: unknown) => {
        const why = error instanceof Error ? error.message : String(error)
        this.#warn(`Not sent: ${why} Press ↑ to try again.`)
      },
    )
    this.#submits.add(work)
    void work.then(() => this.#submits.delete(work))
  }

  #warn(text: string): void {
    this.#print(text, this.#paint.warn)
  }

  #print(text: string, paint: (row: string) => string): void {
    const { output } = this.#options
    const columns = this.#screen?.columns ?? (output.columns || COLUMNS)
    const rows = cleanText(text)
      .split('\n')
      .flatMap((line) => wrapLine(line, columns).map(paint))
      .join('\n')
    if (this.#screen !== undefined) this.#screen.print(rows)
    else output.write(`${rows}\n`)
  }

  #interrupt(): void {
    if (this.#screen?.line === '') this.#leave('interrupt')
    else this.#screen?.clearLine()
  }

  #leave(how: InteractiveEnd): void {
    if (this.#over) return
    this.#over = true
    // After /quit the cursor already stands on a row of its own.
    if (how !== 'quit' && this.#screen !== undefined) this.#options.output.write('\n')
    this.#screen?.close()
    if (how === 'interrupt') this.#end.resolve(how)
    else void this.#lastSubmits().then(() => this.#end.resolve(how))
  }

  /** What was typed just before leaving still gets its chance, if not for ever. */
  async #lastSubmits(): Promise<void> {
    let timer: NodeJS.Timeout | undefined
    const patience = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, LAST_SUBMIT_MS)
    })
    await Promise.race([Promise.all(this.#submits), patience])
    clearTimeout(timer)
  }
}
