import { findBareTags } from './tags.ts'

/**
 * `text` without its `<internal>…</internal>` passages, wherever they stand. Each opening tag
 * takes the next closing tag; an unclosed one is text.
 */
export function stripInternal(text: string): string {
  const closings = findBareTags(text, '/internal')
  if (closings.length === 0) return text
  const kept: string[] = []
  let from = 0
  let next = 0
  for (const opening of findBareTags(text, 'internal')) {
    if (opening.start < from) continue
    while (next < closings.length && (closings[next]?.start ?? 0) < opening.end) next += 1
    const closing = closings[next]
    if (closing === undefined) break
    kept.push(text.slice(from, opening.start))
    from = closing.end
  }
  kept.push(text.slice(from))
  return kept.join('')
}
