import type { DeliveryReport } from '../control/delivery-report.ts'
import { between, shortDuration } from './durations.ts'
import { tableLines, type Column } from './table.ts'
import { plainLine } from './text.ts'

const columns: readonly Column[] = [
  { title: 'ID' },
  { title: 'AGE', side: 'right' },
  { title: 'STATUS' },
  { title: 'TRIES', side: 'right' },
  { title: 'UNSURE', side: 'right' },
  { title: 'AGENT', widest: 12, mayBeBelow: true },
  { title: 'TO', widest: 20 },
  { title: 'WHAT' },
]

/** Deliveries as a table; `width` undefined: not for a screen. */
export function deliveryLines(
  deliveries: readonly DeliveryReport[],
  now: string,
  width: number | undefined,
): string[] {
  const rows = deliveries.map((one) => [
    one.id,
    one.at === null ? '?' : shortDuration(between(one.at, now) ?? 0),
    one.status,
    `${one.attempts}`,
    `${one.ambiguousCount}`,
    plainLine(one.agent),
    one.to === null ? '-' : plainLine(one.to),
    whatOf(one, now),
  ])
  return tableLines(columns, rows, width)
}

/** What is to be known first: what is waited for, what went wrong, what it says. */
function whatOf({ asked, nextAttemptAt, error, text }: DeliveryReport, now: string): string {
  const wait = nextAttemptAt === null ? undefined : between(now, nextAttemptAt)
  return [
    ...(asked ? ['did it arrive?'] : []),
    ...(wait === undefined || wait < 0 ? [] : [`next try in ${shortDuration(wait)}`]),
    ...(error === null ? [] : [`${plainLine(error)}`]),
    `"${plainLine(text)}"`,
  ].join('; ')
}
