import { readInboundContent } from '@nanoclaw/schema'
import type { RequestOutcome } from '../tools/tool.ts'
import { insertAction, type OutgoingContext } from './outgoing.ts'
import { retryBusy } from './retry-busy.ts'
import { runnerTimes } from './runner-times.ts'
import type { RunnerSession } from './session.ts'
import type { CountedCall, TurnLedger } from './turn-ledger.ts'

/** What asking the host needs of a turn. */
export interface TurnActionsDeps {
  readonly session: RunnerSession
  readonly ledger: TurnLedger
  readonly outgoingContext: () => OutgoingContext
  /** Whether the turn has ended: nothing may be asked any more. */
  readonly isOver: () => boolean
}

/** Commits an action at once, or finds what the same call of an interrupted run had committed. */
function commit(
  { session, ledger, outgoingContext, isOver }: TurnActionsDeps,
  counted: CountedCall,
  content: Readonly<Record<string, unknown>>,
): Promise<string> {
  const { inbox, outbox, wait } = session
  const write = (): string =>
    outbox.write('full', () => {
      inbox.refresh()
      if (isOver()) throw new Error('the turn has ended')
      ledger.made(counted)
      const before = outbox.callId(ledger.id, counted.key)
      return before ?? insertAction(content, counted.key, outgoingContext())
    })
  return retryBusy(write, wait)
}

function outcomeOf(json: string): RequestOutcome {
  const entry = readInboundContent('system', json)
  if (entry?.kind !== 'system' || entry.content.type !== 'action_result') {
    return { outcome: 'waiting' }
  }
  const { ok, result, reason } = entry.content
  if (!ok) return { outcome: 'refused', reason: reason ?? 'no reason was given' }
  return { outcome: 'done', text: typeof result === 'string' ? result : JSON.stringify(result) }
}

/** Takes the result, if it is there: the row has ended, and no turn is run for it. */
function take({ session, ledger }: TurnActionsDeps, id: string): Promise<string | undefined> {
  const { inbox, outbox, wait } = session
  return retryBusy(() => {
    inbox.refresh()
    const result = inbox.resultOf(id)
    if (result === undefined) return undefined
    if (outbox.ack(result.id) === undefined) {
      outbox.write('normal', () => outbox.setAck(result.id, 'completed', ledger.id))
    }
    return result.content
  }, wait)
}

/**
 * Asks the host for a system action, and waits a while for what becomes of it. What comes later is a
 * row like others, which wakes the agent.
 */
export async function requestAction(
  deps: TurnActionsDeps,
  counted: CountedCall,
  content: Readonly<Record<string, unknown>>,
): Promise<RequestOutcome> {
  const { session, isOver } = deps
  const id = await commit(deps, counted, content)
  session.ringHost()
  const until = performance.now() + runnerTimes.resultMs
  while (!isOver()) {
    const result = await take(deps, id)
    if (result !== undefined) {
      session.ringHost()
      return outcomeOf(result)
    }
    if (performance.now() >= until) break
    await session.wait(runnerTimes.resultLookMs)
  }
  return { outcome: 'waiting' }
}
