import { columnsOf, fit, pad } from './text.ts'

/** A column of a table. */
export interface Column {
  readonly title: string
  /** Numbers stand at the right. */
  readonly side?: 'left' | 'right'
  /** On a screen, what is longer is cut. */
  readonly widest?: number
  /** On a narrow screen it stands on a second line, as all after it. */
  readonly mayBeBelow?: boolean
}

const gap = '  '
/** A screen is narrow where fewer columns than these are left for the last one. */
const leastOfLast = 30
const indent = '    '

/**
 * A table as lines; on a screen the last column takes what is left. Elsewhere (`width` undefined)
 * nothing is cut and every row is one line, for programs that read lines.
 */
export function tableLines(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
  width: number | undefined,
): string[] {
  const titles = columns.map(({ title }) => title)
  const cut = (row: readonly string[]) => row.map((cell, index) => cutCell(cell, columns[index]))
  const all = width === undefined ? [titles, ...rows] : [titles, ...rows.map(cut)]
  const widths = titles.map((_, index) =>
    Math.max(...all.map((row) => columnsOf(row[index] ?? ''))),
  )
  const lineOf = (row: readonly string[], from: number, to: number): string => {
    const cells = row.slice(from, to).map((cell, index) => {
      const at = from + index
      return at === titles.length - 1 ? cell : pad(cell, widths[at] ?? 0, columns[at]?.side)
    })
    return cells.join(gap).trimEnd()
  }
  const one = all.map((row) => lineOf(row, 0, titles.length))
  if (width === undefined) return one
  const before = widths.slice(0, -1).reduce((sum, each) => sum + each + gap.length, 0)
  if (width - before >= leastOfLast) return one.map((line) => fit(line, width))
  const split = columns.findIndex(({ mayBeBelow }) => mayBeBelow)
  return all
    .flatMap((row) => [lineOf(row, 0, split), indent + lineOf(row, split, titles.length)])
    .filter((line) => line.trim() !== '')
    .map((line) => fit(line, width))
}

function cutCell(cell: string, column: Column | undefined): string {
  return column?.widest === undefined ? cell : fit(cell, column.widest)
}

/** Columns of a terminal; undefined where the output is none. */
export function screenWidth(stdout: NodeJS.WriteStream): number | undefined {
  return stdout.isTTY ? Math.max(20, stdout.columns) : undefined
}
