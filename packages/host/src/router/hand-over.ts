import type { ChannelAdapter, HandOverResult, InboundEvent } from '@nanoclaw/adapters'
import type { ApprovalWords } from '../approvals/approval-words.ts'
import type { LoopBudget } from '../loop-budget.ts'
import type { SessionRoom } from '../session/session-room.ts'
import type { Telemetry } from '../telemetry/telemetry.ts'
import type { AppendRows } from './append-event.ts'
import type { Router } from './types.ts'

/** What takes events from adapters. */
export interface HandOver {
  /** Rejects with the signal's reason when nothing is taken any more. */
  take(adapter: ChannelAdapter, event: InboundEvent, signal: AbortSignal): Promise<HandOverResult>
  /** Resolves when nothing is under way. */
  settled(): Promise<void>
}

/** What it is made of. */
export interface HandOverDeps {
  readonly router: Router
  readonly sessions: Pick<SessionRoom, 'append'>
  readonly telemetry: Telemetry
  readonly words: Pick<ApprovalWords, 'take'>
  readonly loop: LoopBudget
}

/** The way of events from adapters to sessions, with what follows them on it. */
export function createHandOver(deps: HandOverDeps): HandOver {
  const { router, sessions, telemetry, loop, words } = deps
  const underWay = new Set<Promise<unknown>>()

  const route = (adapter: ChannelAdapter, event: InboundEvent): Promise<HandOverResult> =>
    telemetry.handOver(adapter, async (trace) => {
      await loop.turn()
      await router.arrive(adapter, event)
      const decided = await words.take(adapter, event)
      if (decided !== undefined) return decided
      const append: AppendRows = async (session, rows) => {
        const appended = await sessions.append(session, rows, trace.context)
        trace.appended(session, appended)
        return appended
      }
      return router.route(adapter, event, append)
    })

  return {
    take: async (adapter, event, signal) => {
      signal.throwIfAborted()
      const routing = route(adapter, event)
      underWay.add(routing)
      return routing.finally(() => underWay.delete(routing))
    },
    settled: async () => {
      await Promise.allSettled(underWay)
    },
  }
}
