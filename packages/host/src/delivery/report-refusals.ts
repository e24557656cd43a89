import type { NewInbound, OutboundRow } from '@nanoclaw/core'
import type { DeliveryDeps } from './delivery-deps.ts'
import { placeOf } from './interpret-row.ts'
import { noticeOf } from './notices.ts'

/** Rows by which an agent learns of one batch; a container can make any number fail. */
const noticesAtMost = 20

/** A row that is not sent, and why. */
export interface Refusal {
  readonly row: OutboundRow
  readonly status: 'failed' | 'refused'
  readonly reason: string
}

type Report = Pick<DeliveryDeps, 'nameOf' | 'tell'>

async function destinationOf({ row }: Refusal, { nameOf }: Report): Promise<string> {
  const place = placeOf(row)
  return place === undefined ? 'nowhere' : nameOf(place)
}

/**
 * Tells the operator what of a batch is not sent, once for each status. Returns what is to be told
 * to the agent: one row each, up to 20, of which the last says how many more there are.
 */
export async function reportRefusals(
  refusals: readonly Refusal[],
  deps: Report,
): Promise<readonly NewInbound[]> {
  for (const status of ['refused', 'failed'] as const) {
    const [first, ...others] = refusals.filter((each) => each.status === status)
    if (first === undefined) continue
    const destination = await destinationOf(first, deps)
    const what =
      others.length === 0
        ? `a message to ${destination} was ${status}`
        : `${others.length + 1} messages were ${status}; the first, to ${destination}`
    await deps.tell(`delivery-${status}`, `${what}: ${first.reason}`)
  }
  const told = refusals.slice(0, noticesAtMost)
  const untold = refusals.length - told.length
  return Promise.all(
    told.map(async (each, at) => {
      const { row, status } = each
      const isLast = untold > 0 && at === told.length - 1
      const reason = isLast
        ? `${each.reason.slice(0, 500)} (${untold} more messages did not go out either)`
        : each.reason
      const destination = await destinationOf(each, deps)
      return noticeOf({ seq: row.seq, status, destination, reason })
    }),
  )
}
