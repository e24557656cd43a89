import { findFenceRuns, type FenceRun } from './fences.ts'
import { stripInternal } from './internal.ts'
import {
  findBareTags,
  findOpeningTags,
  type BrokenTag,
  type OpeningTag,
  type Span,
} from './tags.ts'

/** A message that the model addressed to one of its destinations. */
export interface OutputBlock {
  /** Local name, one of the known ones. */
  readonly to: string
  /** The body as it was written, trimmed; nothing is unescaped. Never empty. */
  readonly text: string
  /** What the `thread` attribute said, if it stood there. */
  readonly thread?: string
  /** The `seq` in the `reply_to` attribute, if it was a number. */
  readonly replyTo?: number
}

/** A block that cannot be sent. */
export interface OutputProblem {
  /**
   * Nobody of that name, nothing in it, no end, or a tag that cannot be read. A runner adds what
   * is too long to be sent as one message.
   */
  readonly kind: 'unknown-name' | 'empty-body' | 'unclosed' | 'malformed' | 'too-long'
  /** What the `to` attribute said; of a malformed tag, what it seems to have said, or empty. */
  readonly to: string
  /** Written for the model, in one sentence or two. */
  readonly message: string
  /** What stood in a block, trimmed: it is sent nowhere and is not visible text. For logs. */
  readonly text: string
}

/** What {@link parseOutput} found. */
export interface ParsedOutput {
  /** What can be sent, in the order of the text. */
  readonly blocks: readonly OutputBlock[]
  /** What cannot. */
  readonly problems: readonly OutputProblem[]
  /** The scratchpad: what is left without internal passages and without blocks, trimmed. */
  readonly visibleText: string
}

/** What the parser has to know beside the text. */
export interface ParseOptions {
  /** Local names that may be written to. */
  readonly knownNames: Iterable<string>
}

const shown = (name: string): string =>
  JSON.stringify(name.length > 80 ? `${name.slice(0, 80)}…` : name)

const unknownName = (to: string, text: string, known: ReadonlySet<string>): OutputProblem => ({
  kind: 'unknown-name',
  to,
  message:
    `No destination is called ${shown(to)}, so this message was not sent. ` +
    (known.size === 0
      ? 'You have no destinations yet.'
      : `Known destinations: ${[...known].join(', ')}.`),
  text,
})

const emptyBody = (to: string): OutputProblem => ({
  kind: 'empty-body',
  to,
  message: `The message to ${shown(to)} had no text, so nothing was sent.`,
  text: '',
})

const unclosed = (to: string, text: string): OutputProblem => ({
  kind: 'unclosed',
  to,
  message: `The message to ${shown(to)} was not closed with </message>, so it was not sent.`,
  text,
})

const malformed = (to: string): OutputProblem => ({
  kind: 'malformed',
  to,
  message:
    `What began like a message${to === '' ? '' : ` to ${shown(to)}`} had no well-formed opening tag, so it was not sent. ` +
    'The form is <message to="name">text</message>, with the name in quotes.',
  text: '',
})

/** Walks from block to block; fences count only where they begin outside all of them. */
class Scanner {
  readonly #opens: readonly (OpeningTag | BrokenTag)[]
  readonly #closes: readonly Span[]
  readonly #runs: readonly FenceRun[]
  readonly #length: number
  #open = 0
  #close = 0
  #run = 0

  constructor(text: string) {
    this.#opens = findOpeningTags(text)
    this.#closes = this.#opens.length === 0 ? [] : findBareTags(text, '/message')
    this.#runs = this.#opens.length === 0 ? [] : findFenceRuns(text)
    this.#length = text.length
  }

  /** The next tag at or after `from` that does not stand in a fence begun outside. */
  nextOpening(from: number): OpeningTag | BrokenTag | undefined {
    for (let at = from; ;) {
      while ((this.#opens[this.#open]?.start ?? Infinity) < at) this.#open += 1
      while ((this.#runs[this.#run]?.start ?? Infinity) < at) this.#run += 1
      const tag = this.#opens[this.#open]
      const run = this.#runs[this.#run]
      if (tag === undefined || run === undefined || tag.start < run.start) return tag
      at = run.closedBy?.end ?? run.end
    }
  }

  /** Where the region of the tag just returned ends: at the next tag of any standing, broken or not. */
  regionEnd(tag: OpeningTag): number {
    return tag.selfClosing ? tag.end : (this.#opens[this.#open + 1]?.start ?? this.#length)
  }

  /** The last closing tag that lies wholly between `from` and `to`. */
  lastClosing(from: number, to: number): Span | undefined {
    let last: Span | undefined
    for (; this.#close < this.#closes.length; this.#close += 1) {
      const span = this.#closes[this.#close]
      if (span === undefined || span.end > to) break
      if (span.start >= from) last = span
    }
    return last
  }
}

const toBlock = (tag: OpeningTag, text: string): OutputBlock => ({
  to: tag.to,
  text,
  ...(tag.thread === undefined ? {} : { thread: tag.thread }),
  ...(tag.replyTo === undefined ? {} : { replyTo: tag.replyTo }),
})

/**
 * Reads a model's result text by the rules of the session protocol, §7: which messages go where,
 * what is wrong with the others, and what was said to nobody. Takes time linear in the text,
 * whatever the text is, and never throws.
 */
export function parseOutput(text: string, options: ParseOptions): ParsedOutput {
  const known = new Set(options.knownNames)
  const source = stripInternal(text)
  const scanner = new Scanner(source)
  const blocks: OutputBlock[] = []
  const problems: OutputProblem[] = []
  const outside: string[] = []
  let from = 0
  for (let tag = scanner.nextOpening(0); tag !== undefined; tag = scanner.nextOpening(from)) {
    outside.push(source.slice(from, tag.broken ? tag.end : tag.start))
    if (tag.broken) {
      problems.push(malformed(tag.to))
      from = tag.end
      continue
    }
    const regionEnd = scanner.regionEnd(tag)
    const closing = tag.selfClosing
      ? { start: tag.end, end: tag.end }
      : scanner.lastClosing(tag.end, regionEnd)
    from = closing?.end ?? regionEnd
    if (closing === undefined) {
      problems.push(unclosed(tag.to, source.slice(tag.end, regionEnd).trim()))
      continue
    }
    const body = source.slice(tag.end, closing.start).trim()
    if (!known.has(tag.to)) problems.push(unknownName(tag.to, body, known))
    else if (body === '') problems.push(emptyBody(tag.to))
    else blocks.push(toBlock(tag, body))
  }
  outside.push(source.slice(from))
  return { blocks, problems, visibleText: outside.join('').trim() }
}
