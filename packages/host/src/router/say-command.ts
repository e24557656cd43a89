const plain = /^[\w@%+=:,./-]+$/u

/** A word for people to copy into a shell, whatever a stranger has put into it. */
export function shellWord(word: string): string {
  if (plain.test(word) && !word.startsWith('-')) return word
  return `'${harmless(word).replaceAll("'", String.raw`'\''`)}'`
}

/** Somebody else's text as one line without what cannot be seen. */
export function harmless(text: string): string {
  return text.replaceAll(/[\p{C}\p{Z}]+/gu, ' ').trim()
}
