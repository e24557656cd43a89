import { parseOutput, type OutputProblem } from '../parser/parse-output.ts'
import { formatProblems, formatUnaddressed } from '../prompt/format-prompt.ts'
import { toOutgoing, type Outgoing } from './outgoing.ts'
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
  /** Whether a tool has sent something since the last result. */
  readonly toolsSent: boolean
  /** Where text to nobody goes, if anywhere. */
  readonly unaddressedTo: Outgoing['place'] | undefined
  /** The index a push would have now. */
  readonly nextIndex: number
}

/**
 * Decides what becomes of the results of one turn. A result with problems, or with text to
 * nobody, is held back while the model is told, once; then both are committed together, so that a
 * crash in between repeats the turn and loses nothing.
 */
export class TurnOutput {
  readonly #log: (message: string) => void
  #held: Held | undefined

  constructor(log: (message: string) => void) {
    this.#log = log
  }

  /** What is held back, to be committed when the turn ends early; then nothing is held. */
  release(): Settled | undefined {
    const held = this.#held
    this.#held = undefined
    return held
  }

  take(result: TurnResult, context: OutputContext): OutputStep {
    const { book } = context
    const parsed = parseOutput(result.text, { knownNames: book.names })
    if (parsed.visibleText !== '') this.#log(`scratchpad: ${parsed.visibleText}`)
    for (const problem of parsed.problems) this.#log(`output problem: ${problem.message}`)
    const fresh = parsed.blocks.flatMap((block) => toOutgoing(block, book.place) ?? [])
    const held = this.#held
    const settled: Settled = {
      outgoing: [...(held?.outgoing ?? []), ...fresh],
      through: Math.max(held?.through ?? 0, result.through),
      continuation: result.continuation ?? held?.continuation,
      mark: result.mark,
    }
    const answersUs = held !== undefined && result.through >= held.askedAt
    const onlyAnswersUs = answersUs && result.through === held.askedAt
    const mayTell = !onlyAnswersUs
    if (mayTell && parsed.problems.length > 0) return this.#tell(settled, parsed.problems, context)
    const silent = fresh.length === 0 && parsed.problems.length === 0 && !context.toolsSent
    if (held === undefined && silent && parsed.visibleText !== '') {
      const prompt = formatUnaddressed(book.names)
      this.#hold(settled, context, parsed.visibleText)
      return { type: 'tell', prompt }
    }
    if (held !== undefined && !answersUs) {
      this.#held = { ...held, ...settled }
      return { type: 'wait' }
    }
    this.#held = undefined
    const text = parsed.visibleText === '' ? held?.unaddressed : parsed.visibleText
    const stillSilent = held?.unaddressed !== undefined && silent && text !== undefined
    if (!stillSilent || context.unaddressedTo === undefined) return { type: 'commit', settled }
    const extra: Outgoing = { place: context.unaddressedTo, text }
    return { type: 'commit', settled: { ...settled, outgoing: [...settled.outgoing, extra] } }
  }

  #tell(settled: Settled, problems: readonly OutputProblem[], context: OutputContext): OutputStep {
    this.#hold(settled, context, undefined)
    return { type: 'tell', prompt: formatProblems(problems) }
  }

  #hold(settled: Settled, context: OutputContext, unaddressed: string | undefined): void {
    this.#held = { ...settled, askedAt: context.nextIndex, unaddressed }
  }
}
