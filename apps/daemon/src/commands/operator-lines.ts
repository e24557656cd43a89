import type { StatusReport } from '../control/protocol.ts'
import { oneLine } from '../failure.ts'

/** What `nanoclaw status` says of telling the operator: nothing while all of it works. */
export function operatorLines({ untold, sinks }: StatusReport['host']['operator']): string[] {
  const failing = sinks.flatMap(({ name, failingSince, why = '' }) =>
    failingSince === undefined
      ? []
      : [`Operator:   ${oneLine(name)} takes nothing since ${failingSince}: ${oneLine(why)}`],
  )
  if (untold === 0 || sinks.length === 0) return failing
  const what = untold === 1 ? '1 open incident' : `${untold} open incidents`
  return [...failing, `Operator:   not told yet of ${what}`]
}
