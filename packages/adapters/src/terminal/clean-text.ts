import { stripVTControlCharacters } from 'node:util'

const NAME_LENGTH = 40
const LINE_BREAKS = /\r\n?|[\u2028\u2029\v\f]/g
/** What turns the direction of reading, so that text reads other than it is. */
const DIRECTIONS = /[\u202A-\u202E\u2066-\u2069\uFEFF]/g
const CONTROLS = /[\u0000-\u0008\u000B-\u001F]/g
const HIGH_CONTROLS = /[\u007F-\u009F]/g
const CONTROL_PICTURES = 0x2400

/**
 * Text of an agent, harmless to a terminal: escape sequences are gone, other control characters
 * stand as pictures (`␇`), every line break is `\n`. Nothing in it moves the cursor but `\n` and
 * tab.
 */
export function cleanText(text: string): string {
  return stripVTControlCharacters(text)
    .replace(LINE_BREAKS, '\n')
    .replace(DIRECTIONS, '')
    .replace(CONTROLS, (found) => String.fromCodePoint(CONTROL_PICTURES + found.charCodeAt(0)))
    .replace(HIGH_CONTROLS, '')
}

/** Name of an agent: one short line without `>`, which ends it on the screen. Never empty. */
export function cleanName(name: string): string {
  const oneLine = cleanText(name)
    .replace(/[\s>]+/g, ' ')
    .trim()
  return [...oneLine].slice(0, NAME_LENGTH).join('').trim() || 'agent'
}

/** How every answer begins: a name as `cleanName` makes it, and `> `. */
const PREFIX = /^[^\s>][^>]*>(?: |$)/

/**
 * An answer as the lines of a plain text: `name> first line`, the others as they are. A further
 * line that would read as the start of an answer is set in by one space, so that a line that looks
 * like one always is one.
 */
export function plainAnswer(name: string, text: string): string {
  const [first = '', ...others] = cleanText(text).split('\n')
  const lines = others.map((line) => (PREFIX.test(line) ? ` ${line}` : line))
  return [`${cleanName(name)}> ${first}`, ...lines].join('\n') + '\n'
}
