/** Colours, or none. */
export interface Paint {
  dim(text: string): string
  warn(text: string): string
  prompt(text: string): string
  /** The same colour for the same agent. */
  name(id: string, text: string): string
}

/** Green, magenta, blue, yellow and brighter ones; cyan is the prompt's, red a failure's. */
const NAME_COLOURS = [32, 35, 34, 33, 92, 95, 94] as const

/** Paints with the sixteen colours that every terminal's theme chooses itself. */
export function createPaint(color: boolean): Paint {
  const sgr = (codes: string) => (text: string) => (color ? `\x1b[${codes}m${text}\x1b[0m` : text)
  return {
    dim: sgr('2'),
    warn: sgr('33'),
    prompt: sgr('1;36'),
    name: (id, text) => sgr(`1;${NAME_COLOURS[hash(id) % NAME_COLOURS.length]}`)(text),
  }
}

function hash(text: string): number {
  let sum = 7
  for (const char of text) sum = (sum * 31 + (char.codePointAt(0) ?? 0)) % 65_521
  return sum
}
