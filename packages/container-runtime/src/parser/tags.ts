/**
 * The lexical half of the output parser: where `<message …>` tags open, where they close.
 * Hand-written scanners instead of regular expressions, because the text comes from a model that
 * may have been talked into anything: no position is visited more than a constant number of times.
 */

/** An opening tag: `<message` with a quoted `to` attribute. Offsets are UTF-16 units. */
export interface OpeningTag {
  readonly start: number
  /** First offset after the tag's `>`. */
  readonly end: number
  readonly to: string
  readonly thread: string | undefined
  readonly replyTo: number | undefined
  /** `<message to="x"/>`: a block that ends where it begins. */
  readonly selfClosing: boolean
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

/**
 * One attribute at `from`, or undefined. As in XML, a value holds no `<`: that keeps attempts that
 * start at different tags from ever scanning the same text, and so the whole parse linear.
 */
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
    let close = at + 1
    while (close < text.length && text[close] !== quote && text[close] !== '<') close += 1
    if (text[close] !== quote) return undefined
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

/** The opening tag that starts exactly at `start` (where `<message` stands), or undefined. */
function readOpeningTag(text: string, start: number): OpeningTag | undefined {
  const seen = new Map<string, Attribute>()
  let at = start + '<message'.length
  for (;;) {
    const next = skipSpace(text, at)
    const selfClosing = text[next] === '/' && text[next + 1] === '>'
    if (text[next] === '>' || selfClosing) {
      const to = seen.get('to')
      if (to?.quoted !== true) return undefined
      const end = next + (selfClosing ? 2 : 1)
      const replyTo = toSeq(seen.get('reply_to')?.value)
      return {
        start,
        end,
        to: to.value.trim(),
        thread: seen.get('thread')?.value,
        replyTo,
        selfClosing,
      }
    }
    if (next === at) return undefined
    const attribute = readAttribute(text, next)
    if (attribute === undefined) return undefined
    if (!seen.has(attribute.name)) seen.set(attribute.name, attribute)
    at = attribute.end
  }
}

const isWord = (text: string, at: number, word: string): boolean =>
  text.slice(at, at + word.length).toLowerCase() === word

/** Every well-formed opening tag of `text`, in order, whatever surrounds it. */
export function findOpeningTags(text: string): OpeningTag[] {
  const tags: OpeningTag[] = []
  for (let at = text.indexOf('<'); at !== -1; at = text.indexOf('<', at + 1)) {
    if (!isWord(text, at, '<message')) continue
    const tag = readOpeningTag(text, at)
    if (tag !== undefined) tags.push(tag)
  }
  return tags
}

/** Every `<word>` (or `</word>` for a word that begins with `/`), any case, white space before `>`. */
export function findBareTags(text: string, word: string): Span[] {
  const spans: Span[] = []
  const head = `<${word}`
  for (let at = text.indexOf('<'); at !== -1; at = text.indexOf('<', at + 1)) {
    if (!isWord(text, at, head)) continue
    const close = skipSpace(text, at + head.length)
    if (text[close] === '>') spans.push({ start: at, end: close + 1 })
  }
  return spans
}
