import type { BenchResult } from './result.ts'

function list(entries: Readonly<Record<string, number>> | undefined): string {
  return Object.entries(entries ?? {})
    .map(([name, value]) => `${name} ${value}`)
    .join(', ')
}

/** Whether a goal is met, in words. */
function verdict(met: boolean | undefined): string {
  if (met === undefined) return 'goal'
  return met ? 'met' : 'NOT MET'
}

/** A result in words, for people. */
export function describeResult(result: BenchResult): string {
  const { unit, value, p50, p99, floor, floorP99, ratio, goal, met, note } = result
  const parts = [
    value === undefined ? `p50 ${p50} ${unit}, p99 ${p99} ${unit}` : `${value} ${unit}`,
    floor === undefined
      ? ''
      : `floor ${floor}${floorP99 === undefined ? '' : `, p99 ${floorP99}`} ${unit}`,
    ratio === undefined ? '' : `${ratio} × the floor`,
    goal === undefined ? '' : `${verdict(met)}: ${goal}`,
  ]
  const more = [list(result.counts), list(result.breakdown), note ?? ''].filter((s) => s !== '')
  return [
    `${result.name}: ${parts.filter((part) => part !== '').join('; ')}\n`,
    ...more.map((text) => `    ${text}\n`),
  ].join('')
}
