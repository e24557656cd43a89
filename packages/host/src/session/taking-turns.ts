import type { OutboundReader } from '@nanoclaw/core'
import type { LoopBudget } from '../loop-budget.ts'

/** A reader whose callers take turns on the loop, before they ask and with what they are given. */
export function takingTurns(reader: OutboundReader, loop: LoopBudget): OutboundReader {
  return {
    async read(request, signal) {
      await loop.turn()
      const outcome = await reader.read(request, signal)
      await loop.turn()
      return outcome
    },
    forget: (agentGroupId, sessionId) => reader.forget?.(agentGroupId, sessionId),
    stop: () => reader.stop(),
  }
}
