/**
 * The parser's rules once more, the slow and obvious way: regular expressions and a marker for
 * every character. Shares no code with the parser.
 */
export interface OracleOutput {
  readonly blocks: { to: string; text: string }[]
  /** How many broken tags stand outside. */
  readonly broken: number
  /** For each character of the text without internal passages: whether it may be in a body. */
  readonly inside: boolean[]
  readonly source: string
}

// Values may hold anything but their quote; a closing quote may stand for white space.
const opening =
  /^<message(?=[ \n\t\r\f])(?:(?:[ \n\t\r\f]+|(?<=["']))[^ \n\t\r\f<>="'/]+(?:[ \n\t\r\f]*=[ \n\t\r\f]*(?:"[^"]*"|'[^']*'|[^ \n\t\r\f<>="'/]+))?)*[ \n\t\r\f]*\/?>/i
const attribute =
  /([^ \n\t\r\f<>="'/]+)(?:[ \n\t\r\f]*=[ \n\t\r\f]*(?:"([^"]*)"|'([^']*)'|([^ \n\t\r\f<>="'/]+)))?/g

interface Tag {
  /** It opens nothing, but ends what stands before it. */
  readonly broken: boolean
  readonly start: number
  readonly end: number
  readonly to: string
  readonly selfClosing: boolean
}

function tagAt(text: string, start: number): Tag | undefined {
  if (text.slice(start, start + 8).toLowerCase() !== '<message') return undefined
  // A tag never reaches into what could be another one.
  const rest = text.slice(start).slice(0, 8 + text.slice(start + 8).search(/<message|$(?![^])/i))
  const found = opening.exec(rest)?.[0]
  const broken = { broken: true, start, end: start + 8, to: '', selfClosing: false }
  const speaksOfTo = /^<message[\s/"']/i.test(rest) && /(^|[^\w-])to($|[^\w-])/i.test(rest)
  if (found === undefined) return speaksOfTo ? broken : undefined
  const inner = found.slice('<message'.length).replace(/\/?>$/, '')
  for (const [, name, double, single] of inner.matchAll(attribute)) {
    if (name?.toLowerCase() !== 'to') continue
    const to = double ?? single
    if (to === undefined) return broken
    const selfClosing = found.endsWith('/>')
    return { broken: false, start, end: start + found.length, to: to.trim(), selfClosing }
  }
  return /(^|[^\w-])to(\s*=|\s+["'])/i.test(found) ? broken : undefined
}

function fenceEnd(text: string, at: number): number | undefined {
  if (at > 0 && text[at - 1] !== '\n') return undefined
  const run = /^(`{3,}|~{3,})/.exec(text.slice(at))?.[0]
  if (run === undefined) return undefined
  for (let line = at; (line = text.indexOf('\n', line) + 1) > 0;) {
    const other = /^(`{3,}|~{3,})/.exec(text.slice(line))?.[0]
    if (other !== undefined && other[0] === run[0] && other.length >= run.length) {
      return line + other.length
    }
  }
  return undefined
}

function nextTag(text: string, from: number): Tag | undefined {
  for (let at = from; at < text.length; at += 1) {
    const tag = tagAt(text, at)
    if (tag !== undefined) return tag
  }
  return undefined
}

export function oracle(input: string, known: readonly string[]): OracleOutput {
  const source = input.replace(/<internal\s*>[^]*?<\/internal\s*>/gi, '')
  const inside = Array.from({ length: source.length }, () => false)
  const blocks: { to: string; text: string }[] = []
  let broken = 0
  let at = 0
  while (at < source.length) {
    const skipTo = fenceEnd(source, at)
    if (skipTo !== undefined) {
      at = skipTo
      continue
    }
    const run = /^(`{3,}|~{3,})/.exec(source.slice(at))?.[0]
    if (run !== undefined && (at === 0 || source[at - 1] === '\n')) {
      at += run.length
      continue
    }
    const tag = tagAt(source, at)
    if (tag === undefined) {
      at += 1
      continue
    }
    if (tag.broken) {
      broken += 1
      at = tag.end
      continue
    }
    const limit = tag.selfClosing ? tag.end : (nextTag(source, tag.end)?.start ?? source.length)
    const region = source.slice(tag.end, limit)
    const closings = [...region.matchAll(/<\/message\s*>/gi)]
    const last = closings.at(-1)
    if (tag.selfClosing || last === undefined) {
      at = limit
      continue
    }
    const body = region.slice(0, last.index)
    inside.fill(true, tag.end, tag.end + body.length)
    if (known.includes(tag.to) && body.trim() !== '') {
      blocks.push({ to: tag.to, text: body.trim() })
    }
    at = tag.end + last.index + last[0].length
  }
  return { blocks, broken, inside, source }
}
