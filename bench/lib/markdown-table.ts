import type { BenchResult } from './result.ts'

/** Three digits that count, and no more. */
function short(value: number): string {
  if (value === 0) return '0'
  const digits = Math.max(0, 2 - Math.floor(Math.log10(Math.abs(value))))
  return Number(value.toFixed(Math.min(digits, 3))).toLocaleString('en-US', {
    maximumFractionDigits: 3,
  })
}

function withUnit(value: number | undefined, unit: BenchResult['unit']): string {
  if (value === undefined) return ''
  return unit === '/s' ? `${short(value)} a second` : `${short(value)} ${unit}`
}

function figure({ unit, value, p50, p99 }: BenchResult): string {
  if (value !== undefined) return withUnit(value, unit)
  return `${withUnit(p50, unit)} (p99 ${short(p99 ?? 0)})`
}

function floorOf({ unit, floor, floorP99, ratio }: BenchResult): string {
  if (floor === undefined) return ''
  const p99 = floorP99 === undefined ? '' : ` (p99 ${short(floorP99)})`
  return `${withUnit(floor, unit)}${p99}${ratio === undefined ? '' : `; ${short(ratio)} ×`}`
}

function goalOf({ goal, met }: BenchResult): string {
  if (goal === undefined) return ''
  if (met === undefined) return goal
  return met ? `${goal}: yes` : `${goal}: **no**`
}

/** Results as a table in Markdown. */
export function markdownTable(results: readonly BenchResult[]): string {
  const rows = results.map((result) => [
    `\`${result.name}\``,
    figure(result),
    floorOf(result),
    goalOf(result),
  ])
  const head = ['benchmark', 'figure', 'floor', 'to reach']
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |\n`
  return line(head) + line(head.map(() => '---')) + rows.map(line).join('')
}
