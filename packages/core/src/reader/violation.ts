const longestReason = 400

/** Printable and bounded: reasons quote what a container wrote, and people read them in terminals. */
export function printable(text: string): string {
  const cut = text.length > longestReason ? `${text.slice(0, longestReason)}…` : text
  return cut.replace(
    /[^\x20-\x7e\u00a1-\u00ac\u00ae-\u024f…]/g,
    (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`,
  )
}

/** What a file must not be; ends a read. Never leaves this folder as an exception. */
export class Violation extends Error {
  constructor(reason: string) {
    super(printable(reason))
    this.name = 'Violation'
  }
}
