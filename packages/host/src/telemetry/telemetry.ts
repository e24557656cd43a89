import type { ChannelAdapter, HandOverResult } from '@nanoclaw/adapters'
import type { Appended, Session } from '@nanoclaw/core'
import { channelAttributes, createInstruments } from './instruments.ts'
import { createOtel, type TraceContext } from './otel.ts'
import { SessionTrace, type TracedSession } from './session-trace.ts'

/** How much goes on, in numbers. */
export interface Load {
  readonly awakeSessions: number
  readonly containers: number
  readonly waitingForContainer: number
}

/** One event on its way from an adapter to the sessions that it engages. */
export interface HandOverTrace {
  readonly context: TraceContext
  /** It has become rows of a session; of several sessions, the first gives the span its ids. */
  appended(session: Session, rows: readonly Appended[]): void
}

/** What a host tells OpenTelemetry. */
export interface Telemetry {
  /** Follows a hand-over: a child of the caller's span, if there is one. */
  handOver(
    adapter: ChannelAdapter,
    work: (trace: HandOverTrace) => Promise<HandOverResult>,
  ): Promise<HandOverResult>
  session(session: TracedSession): SessionTrace
  /** Runs work that outlives its caller, and belongs to no span of it. */
  detached<T>(work: () => T): T
  /** To be told when it may have changed; nothing is asked for. */
  load(now: Load): void
}

/** Makes the instruments of one host, with the meter provider that is registered now. */
export function createTelemetry(): Telemetry {
  const otel = createOtel()
  const instruments = createInstruments(otel)
  return {
    handOver(adapter, work) {
      const common = {
        ...channelAttributes(adapter),
        'messaging.operation.name': 'hand_over',
        'messaging.operation.type': 'process',
      }
      const options = {
        name: `hand_over ${common['messaging.destination.name']}`,
        kind: 'consumer',
        attributes: common,
        parent: otel.active(),
      } as const
      const report = (seconds: number, failure: object): void => {
        const attributes = { ...common, ...failure }
        instruments.handedOver(seconds, attributes)
        instruments.consumed(attributes)
      }
      return otel.run(options, report, async (span) => {
        let isNamed = false
        const appended: HandOverTrace['appended'] = (session, [row]) => {
          if (isNamed || row === undefined) return
          isNamed = true
          span.set({
            'messaging.message.id': row.id,
            'messaging.message.conversation_id': session.id,
          })
        }
        const result = await work({ context: span.context, appended })
        span.set({ 'nanoclaw.hand_over.outcome': result.outcome })
        return result
      })
    },
    session: (session) => new SessionTrace(otel, instruments, session),
    detached: otel.detached,
    load: ({ awakeSessions, containers, waitingForContainer }) => {
      instruments.awake(awakeSessions)
      instruments.running(containers)
      instruments.waiting(waitingForContainer)
    },
  }
}
