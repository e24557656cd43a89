/**
 * The lexical half of the output parser: where `<message …>` tags open, where they close.
 * Hand-written scanners instead of regular expressions, because the text comes from a model that
 * may have been talked into anything: no position is visited more than a constant number of times.
 */

/** An opening tag: `<message` with a quoted `to` attribute. Offsets are UTF-16 units. */
export interface OpeningTag {
  readonly broken: false
  readonly start: number
  /** First offset after the tag's `>`. */
  readonly end: number
  readonly to: string
  readonly thread: string | undefined
  readonly replyTo: number | undefined
  /** `<message to="x"/>`: a block that ends where it begins. */
  readonly selfClosing: boolean
}

/**
 * What begins like an opening tag and speaks of `to`, but is none: a quote that is not closed, a
 * name without quotes. It opens nothing, but it ends what stands before it: whoever wrote it meant
 * what follows for somebody else.
 */
export interface BrokenTag {
  readonly broken: true
  readonly start: number
  /** First offset after the word `<message`. */
  readonly end: number
  /** The name it seems to mean, or empty. */
  readonly to: string
}

/** A stretch of text; `end` is exclusive. */
export interface Span {
  readonly start: number
  readonly end: number
}

interface Attribute {
  readonly name: string
  readonly value: string
  readonly quoted: boolean
  readonly end: number
}

const isSpace = (char: string | undefined): boolean =>
  char === ' ' || char === '\n' || char === '\t' || char === '\r' || char === '\f'

function skipSpace(text: string, from: number): number {
  let at = from
  while (isSpace(text[at])) at += 1
  return at
}

const endsName = (char: string | undefined): boolean =>
  char === undefined || isSpace(char) || '<>="\'/'.includes(char)

/** One attribute at `from`, or undefined. A quoted value holds anything but its quote. */
function readAttribute(text: string, from: number): Attribute | undefined {
  let at = from
  while (!endsName(text[at])) at += 1
  if (at === from) return undefined
  const name = text.slice(from, at).toLowerCase()
  const equals = skipSpace(text, at)
  if (text[equals] !== '=') return { name, value: '', quoted: false, end: at }
  at = skipSpace(text, equals + 1)
  const quote = text[at]
  if (quote === '"' || quote === "'") {
    const close = text.indexOf(quote, at + 1)
    if (close === -1) return undefined
    return { name, value: text.slice(at + 1, close), quoted: true, end: close + 1 }
  }
  const begin = at
  while (!endsName(text[at])) at += 1
  if (at === begin) return undefined
  return { name, value: text.slice(begin, at), quoted: false, end: at }
}

function toSeq(value: string | undefined): number | undefined {
  if (value === undefined) return undefined
  const digits = value.trim().replace(/^#/, '')
  return /^\d{1,15}$/.test(digits) ? Number(digits) : undefined
}

const head = '<message'

/** The attributes of a tag, each name's first, and the offset of what ended them, if anything. */
function readAttributes(text: string): { seen: Map<string, Attribute>; end: number | undefined } {
  const seen = new Map<string, Attribute>()
  for (let at = head.length; ;) {
    const next = skipSpace(text, at)
    if (text[next] === '>' || text.startsWith('/>', next)) return { seen, end: next }
    // Between attributes, a closing quote is white space enough.
    if (next === at && (seen.size === 0 || !'"\''.includes(text[at - 1] ?? ' '))) {
      return { seen, end: undefined }
    }
    const attribute = readAttribute(text, next)
    if (attribute === undefined) return { seen, end: undefined }
    if (!seen.has(attribute.name)) seen.set(attribute.name, attribute)
    at = attribute.end
  }
}

/** The tag at the beginning of `text`, which reaches to the next `<message`. */
function readTag(text: string, start: number): OpeningTag | BrokenTag | undefined {
  const { seen, end } = readAttributes(text)
  const to = seen.get('to')
  if (end !== undefined && to?.quoted === true) {
    const selfClosing = text[end] === '/'
    return {
      broken: false,
      start,
      end: start + end + (selfClosing ? 2 : 1),
      to: to.value.trim(),
      thread: seen.get('thread')?.value,
      replyTo: toSeq(seen.get('reply_to')?.value),
      selfClosing,
    }
  }
  // A whole tag without `to` is text, unless a slipped quote has hidden it in another value.
  const means =
    end !== undefined && to === undefined
      ? /(?<![\w-])to(?:\s*=|\s+["'])/i.test(text.slice(0, end))
      : /^<message[\s/"'][^]*?(?<![\w-])to(?![\w-])/i.test(text)
  if (!means) return undefined
  return { broken: true, start, end: start + head.length, to: to?.value.trim() ?? '' }
}

const isWord = (text: string, at: number, word: string): boolean =>
  text.slice(at, at + word.length).toLowerCase() === word

/**
 * Every opening tag of `text`, in order, whatever surrounds it, and every broken one. A tag holds
 * no `<message`, not even in quotes: that keeps attempts that start at different places from ever
 * reading the same text, and so the whole parse linear.
 */
export function findOpeningTags(text: string): (OpeningTag | BrokenTag)[] {
  const starts = [...text.matchAll(/<message/gi)].map((found) => found.index)
  return starts.flatMap(
    (start, nth) => readTag(text.slice(start, starts[nth + 1] ?? text.length), start) ?? [],
  )
}

/** Every `<word>` (or `</word>` for a word that begins with `/`), any case, white space before `>`. */
export function findBareTags(text: string, word: string): Span[] {
  const spans: Span[] = []
  const begin = `<${word}`
  for (let at = text.indexOf('<'); at !== -1; at = text.indexOf('<', at + 1)) {
    if (!isWord(text, at, begin)) continue
    const close = skipSpace(text, at + begin.length)
    if (text[close] === '>') spans.push({ start: at, end: close + 1 })
  }
  return spans
}
