/**
 * What a reader would not see, or see elsewhere than it is: controls, formats (zero width, directions,
 * tags), separators other than the space, halves of characters, what is private or not assigned,
 * fillers and variation selectors; and the backtick, which ends a block of code.
 */
const hidden =
  /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Cn}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\u2800`]|(?! )\p{Zs}/u
/** Marks that are piled up cover what is beside them. */
const piles = /(?<=\p{M}{2})\p{M}+/gu
const words = /[\p{L}\p{M}\p{N}]+/gu
const latin = /\p{Script=Latin}/u
/** Letters of scripts that have look-alikes of Latin ones. */
const alike =
  /[\p{Script=Cyrillic}\p{Script=Greek}\p{Script=Armenian}\p{Script=Cherokee}\p{Script=Coptic}\p{Script=Lisu}]/gu

/** Where, in code units, something stands that looks like something else only in its place. */
function misleading(text: string): ReadonlySet<number> {
  const found = new Set<number>()
  for (const { index, 0: pile } of text.matchAll(piles)) {
    for (let at = index; at < index + pile.length; at += 1) found.add(at)
  }
  for (const { index, 0: word } of text.matchAll(words)) {
    if (!latin.test(word)) continue
    for (const letter of word.matchAll(alike)) found.add(index + letter.index)
  }
  return found
}

function escape(character: string): string {
  if (character === '\n') return String.raw`\n`
  return `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`
}

function visible(text: string, quote: string): string {
  const inPlace = misleading(text)
  let shown = ''
  let at = 0
  for (const one of text) {
    if (hidden.test(one) || inPlace.has(at)) shown += escape(one)
    else if (one === '\\' || one === quote) shown += `\\${one}`
    else shown += one
    at += one.length
  }
  return shown
}

/**
 * A string as a person can check it: in quotes, in one line, with a backslash before everything that
 * is not as it looks. Two strings never look the same, but for letters of one script that are alike.
 */
export function visibleString(text: string): string {
  return `"${visible(text, '"')}"`
}

/** A name or a sentence in one line, without the quotes. */
export function visibleLine(text: string): string {
  return visible(text, '')
}

function indented(text: string): string {
  return text.replaceAll('\n', '\n  ')
}

/** JSON as a person can check it: all of it, one member a line. */
export function visibleJson(value: unknown): string {
  if (typeof value === 'string') return visibleString(value)
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null'
  const isList = Array.isArray(value)
  const parts = isList
    ? value.map((one) => visibleJson(one))
    : Object.entries(value).map(([name, one]) => `${visibleString(name)}: ${visibleJson(one)}`)
  if (parts.length === 0) return isList ? '[]' : '{}'
  const lines = parts.map(indented).join(',\n  ')
  return isList ? `[\n  ${lines}\n]` : `{\n  ${lines}\n}`
}
