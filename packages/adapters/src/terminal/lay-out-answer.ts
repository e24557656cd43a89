import { cleanName, cleanText } from './clean-text.ts'
import type { Paint } from './paint.ts'
import { textWidth, wrapLine } from './text-width.ts'
import type { TerminalMessage } from './types.ts'

const LEAST_WIDTH = 8
const SHORT_INDENT = 2
const TAB = '    '

/**
 * An answer for the eye: the agent's name in its colour, the text beside it. Every row but the
 * first is set in, so that nothing an agent writes can stand where a name stands.
 */
export function layOutAnswer(message: TerminalMessage, columns: number, paint: Paint): string {
  const name = cleanName(message.author.name)
  const label = textWidth(name) + 2
  const indent = label <= columns / 3 ? label : SHORT_INDENT
  const width = Math.max(LEAST_WIDTH, columns - indent)
  const rows = cleanText(message.text)
    .trimEnd()
    .split('\n')
    .flatMap((line) => wrapLine(line.replaceAll('\t', TAB), width))
  const head = `${paint.name(message.author.id, name)}${paint.dim('>')} `
  const gap = ' '.repeat(indent)
  if (indent === label) return head + rows.join(`\n${gap}`)
  // A long name on a narrow screen gets a row of its own.
  return [head.trimEnd(), ...rows.map((row) => gap + row)].join('\n')
}
