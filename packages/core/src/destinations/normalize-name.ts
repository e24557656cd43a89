import { confusables } from './confusables.generated.ts'

/** Characters of a local name at most; in UTF-8 it still fits a file name. */
const longest = 40
const fallback = 'unnamed'

/** Invisible: zero-width, direction overrides, fillers. */
const invisible = /[\p{Default_Ignorable_Code_Point}\p{Cf}]/gu
/** Accents of Latin, Greek and Cyrillic; the vowel signs of other scripts stay. */
const accents = /[\u0300-\u036f]/gu
const separators = /[^\p{L}\p{M}\p{N}]+/gu
const strayMarks = /(^|-)\p{M}+/gu

function trimHyphens(text: string): string {
  return text.replace(/^-+|-+$/g, '')
}

function cut(text: string, length: number): string {
  return trimHyphens([...text].slice(0, length).join(''))
}

function fold(text: string): string {
  const folded = text
    .replace(invisible, '')
    .normalize('NFKC')
    .toLowerCase()
    .normalize('NFKD')
    .replace(accents, '')
    .normalize('NFKC')
    .replace(separators, '-')
    .replace(strayMarks, '$1')
  return trimHyphens(folded)
}

/**
 * A local name from any text: lower-case letters and digits of any script, joined by single
 * hyphens, without accents and invisible characters; 1 to 40 characters, `unnamed` when nothing
 * is left. Gives the same again for its own results.
 */
export function normalizeName(text: string): string {
  // Lower case and compatibility forms can call for each other; a few rounds settle all of Unicode.
  let name = cut(fold(text), longest)
  for (let round = 0; round < 4; round += 1) {
    const next = cut(fold(name), longest)
    if (next === name) break
    name = next
  }
  return name === '' ? fallback : name
}

/** `name` itself for 1, else `name-2`, `name-3` …, shortened in front of its number to fit. */
export function numberedName(name: string, number: number): string {
  if (number === 1) return name
  const suffix = `-${number}`
  return `${cut(name, longest - suffix.length)}${suffix}`
}

/** What a letter looks like, where that is something else. */
const lookAlikes: ReadonlyMap<string, string> = new Map(
  confusables.split('\n').flatMap((line) => {
    const [look = '', letters = ''] = line.split(' ')
    return [...letters].map((letter) => [letter, look] as const)
  }),
)

/**
 * What a name looks like (by Unicode's confusables): two names with one look are not given to two
 * destinations.
 */
export function nameLook(name: string): string {
  return [...name].map((letter) => lookAlikes.get(letter) ?? letter).join('')
}
