const ASCII = /^[\u0000-\u007F]*$/
const INVISIBLE = /^[\p{Mn}\p{Me}\p{Cf}]+$/u
const EMOJI = /\p{Emoji_Presentation}|\uFE0F/u
/** East Asian Wide and Fullwidth (Unicode TR 11), in the ranges that texts use. */
const WIDE =
  /^[\u1100-\u115F\u2E80-\u303E\u3041-\uA4CF\uA960-\uA97F\uAC00-\uD7A3\uF900-\uFAFF\uFE30-\uFE6F\uFF01-\uFF60\uFFE0-\uFFE6\u{1F200}-\u{1F2FF}\u{20000}-\u{3FFFD}]/u

/** Columns that a text without control characters takes on a terminal. */
export function textWidth(text: string): number {
  if (ASCII.test(text)) return text.length
  return clusters(text).reduce((sum, cluster) => sum + clusterWidth(cluster), 0)
}

/** The text in lines of at most `width` columns: broken at spaces, else in mid-word. */
export function wrapLine(line: string, width: number): string[] {
  const lines: string[] = []
  let [current, used] = ['', 0]
  for (const piece of line.match(/ +|[^ ]+/g) ?? ['']) {
    const size = textWidth(piece)
    if (used + size <= width) {
      current += piece
      used += size
      continue
    }
    if (piece.startsWith(' ')) {
      lines.push(current)
      ;[current, used] = ['', 0]
      continue
    }
    if (used > 0) lines.push(current.trimEnd())
    const rows = size <= width || isAddress(piece) ? [piece] : breakWord(piece, width)
    current = rows.pop() ?? ''
    used = textWidth(current)
    lines.push(...rows)
  }
  return [...lines, current]
}

/** The beginning of a text, with `…` when something is missing, in at most `width` columns. */
export function fitText(text: string, width: number): string {
  if (textWidth(text) <= width) return text
  return `${breakWord(text, Math.max(1, width - 1))[0] ?? ''}…`
}

/** Terminals make links of addresses only in one piece; nothing in one can pass for an answer. */
function isAddress(word: string): boolean {
  return /^https?:\/\/[\x21-\x3D\x3F-\x7E]+$/.test(word)
}

function breakWord(word: string, width: number): string[] {
  const rows: string[] = []
  let [row, used] = ['', 0]
  for (const cluster of clusters(word)) {
    const size = clusterWidth(cluster)
    if (used + size > width && row !== '') {
      rows.push(row)
      ;[row, used] = ['', 0]
    }
    row += cluster
    used += size
  }
  return [...rows, row]
}

function clusters(text: string): string[] {
  return [...new Intl.Segmenter('und').segment(text)].map(({ segment }) => segment)
}

function clusterWidth(cluster: string): number {
  if (INVISIBLE.test(cluster)) return 0
  return EMOJI.test(cluster) || WIDE.test(cluster) ? 2 : 1
}
