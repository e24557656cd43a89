import type { Core, OutboundReader } from '@nanoclaw/core'
import type { TraceReport } from '../control/ledger-report.ts'

/** Every hop of a message; undefined where no session has one of that id. */
export async function describeTrace(
  core: Core,
  id: string,
  reader: OutboundReader,
): Promise<TraceReport | undefined> {
  const trace = await core.trace(id, { reader })
  if (trace === undefined) return undefined
  const { session, direction, hops } = trace
  const agent = await core.agents.get(session.agentGroupId)
  return {
    id: trace.id,
    direction,
    sessionId: session.id,
    agent: agent?.name ?? session.agentGroupId,
    hops: hops.map((hop) => ({ ...hop })),
  }
}
