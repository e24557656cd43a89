import type { TraceReport } from '../control/ledger-report.ts'
import { between } from './durations.ts'
import { tableLines, type Column } from './table.ts'
import { plainLine } from './text.ts'

type Hop = TraceReport['hops'][number]

const columns: readonly Column[] = [
  { title: 'TIME (UTC)' },
  { title: 'AFTER', side: 'right' },
  { title: 'NO', side: 'right' },
  { title: 'WHAT' },
  { title: 'DETAIL', mayBeBelow: true },
]

/** The way of a message as lines; `width` undefined: not for a screen. */
export function traceLines(trace: TraceReport, width: number | undefined): string[] {
  const { hops } = trace
  const rows = new Map(hops.map(({ id, seq }) => [id, seq]))
  return [
    `${plainLine(trace.agent)}, session ${trace.sessionId}`,
    ...[...rows].map(
      ([id, seq]) => `  number ${seq}: ${id}${id === trace.id ? ' (asked for)' : ''}`,
    ),
    ...tableLines(columns, hops.map(cellsOf), width),
  ]
}

function cellsOf(hop: Hop, index: number, hops: readonly Hop[]): string[] {
  const { at, seq } = hop
  const before = hops[index - 1]?.at
  const ms = before === undefined ? undefined : between(before, at)
  const after = ms === undefined ? '' : `${ms < 0 ? '' : '+'}${ms} ms`
  // The day where it begins; the hour everywhere.
  const isSameDay = before?.slice(0, 10) === at.slice(0, 10)
  const time = isSameDay ? at.slice(11, 23) : at.slice(0, 23).replace('T', ' ')
  return [time.padStart(23), after, `${seq}`, whatOf(hop), detailOf(hop)]
}

/** An end and a delivery are known by what they came to. */
function whatOf({ what, status }: Hop): string {
  return status ?? what
}

function detailOf({ turnId, platformMessageId, detail }: Hop): string {
  return [
    ...(turnId ? [`turn ${plainLine(turnId)}`] : []),
    ...(platformMessageId ? [`platform id ${plainLine(platformMessageId)}`] : []),
    ...(detail === null ? [] : [plainLine(detail)]),
  ].join('; ')
}
