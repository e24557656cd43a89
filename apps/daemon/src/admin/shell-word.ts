/** A word as it has to be typed in a shell. */
export function shellWord(word: string): string {
  if (/^[\p{L}\p{N}_@%+=:,./-]+$/u.test(word)) return word
  return `'${word.replaceAll("'", String.raw`'\''`)}'`
}
