import { stripVTControlCharacters } from 'node:util'

/** What turns the direction of reading, or is not seen, so that text reads other than it is. */
const misleading = /[\u061C\u180E\u200B-\u200F\u202A-\u202E\u2060\u2066-\u2069\uFEFF]/g
const invisible = /^[\p{Mn}\p{Me}\p{Cf}]+$/u
const wide =
  /\p{Emoji_Presentation}|\uFE0F|[\p{Script=Han}\p{Script=Hangul}\p{Script=Hiragana}\p{Script=Katakana}\u3000-\u303F\uFF01-\uFF60\uFFE0-\uFFE6]/u

/** Text of somebody else's as one line that is harmless to a terminal. */
export function plainLine(text: string): string {
  return stripVTControlCharacters(text)
    .replace(misleading, '')
    .replace(/[\s\u0000-\u001f\u007f-\u009f]+/g, ' ')
    .trim()
}

/** Columns that a line takes on a terminal. */
export function columnsOf(line: string): number {
  if (/^[\u0020-\u007e]*$/.test(line)) return line.length
  return clusters(line).reduce((sum, cluster) => sum + clusterColumns(cluster), 0)
}

/** The beginning of a line, with `…` where something is missing, in at most `columns`. */
export function fit(line: string, columns: number): string {
  if (columnsOf(line) <= columns) return line
  let [kept, used] = ['', 0]
  for (const cluster of clusters(line)) {
    used += clusterColumns(cluster)
    if (used > columns - 1) break
    kept += cluster
  }
  return `${kept.trimEnd()}…`
}

/** Filled up with spaces to so many columns. */
export function pad(line: string, columns: number, side: 'left' | 'right' = 'left'): string {
  const space = ' '.repeat(Math.max(0, columns - columnsOf(line)))
  return side === 'left' ? line + space : space + line
}

function clusters(text: string): string[] {
  return [...new Intl.Segmenter('und').segment(text)].map(({ segment }) => segment)
}

function clusterColumns(cluster: string): number {
  if (invisible.test(cluster)) return 0
  return wide.test(cluster) ? 2 : 1
}
