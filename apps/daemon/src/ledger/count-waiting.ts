import type { Core, Session } from '@nanoclaw/core'
import type { DeliveryStatus } from '@nanoclaw/schema'

const waiting: readonly DeliveryStatus[] = ['queued', 'sending', 'retrying', 'ambiguous']
/** A status is asked for often: this many sessions and deliveries of one are looked at. */
const mostSessions = 100
const mostDeliveries = 200
/** By then everything is due that ever will be. */
const endOfTime = '9999-12-31T23:59:59.999Z'

/**
 * How many deliveries are on their way, by state. Sessions that have nothing to do are left out:
 * what waits has a due time, and what a person is asked about is an incident.
 */
export async function countWaiting(core: Core): Promise<Record<string, number>> {
  const counts: Record<string, number> = {}
  for (const session of await core.sessions.due(endOfTime, mostSessions)) {
    for (const status of await statusesOf(core, session).catch(() => [])) {
      counts[status] = (counts[status] ?? 0) + 1
    }
  }
  return counts
}

async function statusesOf(
  { mailboxes }: Core,
  { agentGroupId, id }: Session,
): Promise<readonly DeliveryStatus[]> {
  await using mailbox = await mailboxes.openExisting(agentGroupId, id)
  const found = await mailbox?.deliveries({ statuses: waiting, limit: mostDeliveries })
  return (found ?? []).map(({ status }) => status)
}
