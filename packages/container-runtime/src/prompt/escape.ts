const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
}

/** Text from outside, made harmless between tags: nobody can write an envelope into a chat. */
export function escapeText(text: string): string {
  return text.replace(/[&<>"]/g, (char) => entities[char] ?? char)
}

/** The same inside an attribute: on one line, without control characters. */
export function escapeAttribute(text: string): string {
  return escapeText(text.replace(/[\p{Cc}\u2028\u2029]+/gu, ' '))
}

/** An envelope. Attributes that are undefined are left out; `body` is markup already escaped. */
export function envelope(
  name: string,
  attributes: Readonly<Record<string, string | number | undefined>>,
  body: string,
): string {
  const shown = Object.entries(attributes)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => ` ${key}="${escapeAttribute(String(value))}"`)
  return `<${name}${shown.join('')}>${body}</${name}>`
}
