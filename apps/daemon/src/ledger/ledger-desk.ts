import type { Core, OutboundReader } from '@nanoclaw/core'
import type { Host } from '@nanoclaw/host'
import { noteCommand } from '../admin/note-command.ts'
import type { LedgerDesk } from '../control/server-deps.ts'
import { describeDeliveries } from './describe-deliveries.ts'
import { describeTrace } from './describe-trace.ts'

/** What a running daemon knows of messages, and does with them. */
export function createLedgerDesk(parts: {
  readonly core: Core
  readonly host: Pick<Host, 'forget' | 'requeue' | 'settle'>
  readonly reader: OutboundReader
}): LedgerDesk {
  const { core, host, reader } = parts
  return {
    deliveries: (query) => describeDeliveries(core, query),
    trace: (id) => describeTrace(core, id, reader),
    async requeue(id) {
      await noteCommand(core, 'requeue', { id })
      const result = await host.requeue(id)
      if (result.direction === 'in') {
        return { direction: 'in', id: result.id, outcome: result.outcome }
      }
      const { delivery } = result
      return { direction: 'out', id: delivery.id, status: delivery.status }
    },
    async forget(person, dryRun) {
      // Not whom: the log is never forgotten.
      if (!dryRun) await noteCommand(core, 'forget', {})
      const { sessions, beyond, ...rest } = await host.forget(person, { dryRun })
      return { ...rest, sessions: [...sessions], beyond: [...beyond] }
    },
    async settle(id, as) {
      await noteCommand(core, 'deliveries --settle', { id, as })
      return (await host.settle(id, as)).status
    },
  }
}
