import { tableLines, type Column } from '../screen/table.ts'
import { plainLine } from '../screen/text.ts'
import type { Screen } from './command.ts'

/** A table, or one sentence in place of an empty one. */
export function listLines(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
  { width }: Screen,
  nothing: string,
): readonly string[] {
  if (rows.length === 0) return [nothing]
  const plain = rows.map((row) => row.map((cell) => (cell === '' ? '-' : plainLine(cell))))
  return tableLines(columns, plain, width)
}

/** Names and values, one a line, the values below each other. */
export function factLines(facts: readonly (readonly [string, string])[]): readonly string[] {
  const widest = Math.max(...facts.map(([name]) => name.length))
  return facts.map(([name, value]) => `${`${name}:`.padEnd(widest + 2)} ${plainLine(value)}`)
}
