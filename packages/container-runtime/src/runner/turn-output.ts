import { parseOutput, type OutputProblem, type ParsedOutput } from '../parser/parse-output.ts'
import { formatProblems, formatUnaddressed } from '../prompt/format-prompt.ts'
import { toOutgoing, tooLong, type Outgoing } from './outgoing.ts'
import type { AddressBook } from './places.ts'
import type { LedgerMark } from './turn-ledger.ts'

/** A result that waits for the model's second word, nothing of it committed yet. */
interface Held extends Settled {
  /** The index under which the model was told. */
  readonly askedAt: number
  /** What it had said to nobody, when that is what it was told; else undefined. */
  readonly unaddressed: string | undefined
}

/** A result of the provider. */
export interface TurnResult {
  readonly text: string
  readonly through: number
  readonly continuation?: string | undefined
  /** How far the run had come with it. */
  readonly mark: LedgerMark
}

/** What may be committed: messages, and through which batch they answer. */
export interface Settled {
  readonly outgoing: readonly Outgoing[]
  readonly through: number
  readonly continuation: string | undefined
  /** How far the run had come with the last of it. */
  readonly mark: LedgerMark
}

/** What follows from a result: commit it, tell the model something first, or wait. */
export type OutputStep =
  | { readonly type: 'commit'; readonly settled: Settled }
  | { readonly type: 'tell'; readonly prompt: string }
  /** The model has not yet come to what it was told. */
  | { readonly type: 'wait' }

/** What taking in a result depends on. */
export interface OutputContext {
  /** The address book as it is now. */
  readonly book: AddressBook
  /** Where text to nobody goes, if anywhere. */
  readonly unaddressedTo: () => Outgoing['place'] | undefined
  /** The index a push would have now. */
  readonly nextIndex: number
}

/** What nobody would send becomes a problem, of which the model is told. */
function withoutTooLong(parsed: ParsedOutput): ParsedOutput {
  const why = new Map(parsed.blocks.map((block) => [block, tooLong(block.text)]))
  const problems = [...why].flatMap(([{ to }, reason]): OutputProblem[] => {
    if (reason === undefined) return []
    return [
      { kind: 'too-long', to, message: `The message to ${JSON.stringify(to)} ${reason}`, text: '' },
    ]
  })
  if (problems.length === 0) return parsed
  const blocks = parsed.blocks.filter((block) => why.get(block) === undefined)
  return { ...parsed, blocks, problems: [...parsed.problems, ...problems] }
}

/**
 * Decides what becomes of the results of one turn. A result with problems, or with text to
 * nobody, is held back while the model is told, once for each kind; then both are committed
 * together, so that a crash in between repeats the turn and loses nothing.
 */
export class TurnOutput {
  readonly #log: (message: string) => void
  readonly #told = new Set<'problems' | 'unaddressed'>()
  #addressed = false
  #held: Held | undefined

  constructor(log: (message: string) => void) {
    this.#log = log
  }

  /** The turn has addressed somebody, by a tool or in an earlier run. */
  noteAddressed(): void {
    this.#addressed = true
  }

  /** What is held back, to be committed when the turn ends early; then nothing is held. */
  release(): Settled | undefined {
    const held = this.#held
    this.#held = undefined
    return held
  }

  take(result: TurnResult, context: OutputContext): OutputStep {
    const { book } = context
    const parsed = withoutTooLong(parseOutput(result.text, { knownNames: book.known }))
    this.#logOutput(parsed)
    const fresh = parsed.blocks.flatMap((block) => toOutgoing(block, book.place) ?? [])
    if (fresh.length > 0) this.#addressed = true
    const held = this.#held
    const settled: Settled = {
      outgoing: [...(held?.outgoing ?? []), ...fresh],
      through: Math.max(held?.through ?? 0, result.through),
      continuation: result.continuation ?? held?.continuation,
      mark: result.mark,
    }
    if (parsed.problems.length > 0 && !this.#told.has('problems')) {
      this.#told.add('problems')
      this.#hold(settled, context, undefined)
      return { type: 'tell', prompt: formatProblems(parsed.problems) }
    }
    const unaddressed = this.#unaddressed(parsed)
    if (unaddressed !== undefined && !this.#told.has('unaddressed')) {
      this.#told.add('unaddressed')
      this.#hold(settled, context, unaddressed)
      return { type: 'tell', prompt: formatUnaddressed(book.names) }
    }
    if (held !== undefined && result.through < held.askedAt) {
      this.#held = { ...held, ...settled }
      return { type: 'wait' }
    }
    this.#held = undefined
    const place = unaddressed === undefined ? undefined : context.unaddressedTo()
    if (unaddressed === undefined || place === undefined) return { type: 'commit', settled }
    const outgoing = [...settled.outgoing, { place, text: unaddressed }]
    return { type: 'commit', settled: { ...settled, outgoing } }
  }

  /** What the turn has said to nobody, if it has addressed nobody at all. */
  #unaddressed({ problems, visibleText }: ParsedOutput): string | undefined {
    if (this.#addressed || problems.length > 0) return undefined
    if (this.#held === undefined) return visibleText === '' ? undefined : visibleText
    // What the model says about problems to nobody stays scratchpad.
    if (this.#held.unaddressed === undefined) return undefined
    return visibleText === '' ? this.#held.unaddressed : visibleText
  }

  #logOutput({ problems, visibleText }: ParsedOutput): void {
    if (visibleText !== '') this.#log(`scratchpad: ${visibleText}`)
    for (const { message, text } of problems) {
      this.#log(`output problem: ${message}`)
      if (text !== '') this.#log(`scratchpad, not sent: ${text}`)
    }
  }

  #hold(settled: Settled, context: OutputContext, unaddressed: string | undefined): void {
    this.#held = { ...settled, askedAt: context.nextIndex, unaddressed }
  }
}
