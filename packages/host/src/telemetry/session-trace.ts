import type { Appended, Delivery, OutboundAck, OutboundRow } from '@nanoclaw/core'
import { channelAttributes, type Instruments } from './instruments.ts'
import type { OpenSpan, Otel, TraceContext } from './otel.ts'
import { rememberAtMost } from './remember.ts'

/** Whose turns these are. */
export interface TracedSession {
  readonly sessionId: string
  readonly agentId: string
  readonly agentName: string
  /** Name of the agent's provider. */
  readonly provider: string
}

/** The end of an inbound row. */
export interface TracedEnd {
  readonly row: { readonly id: string }
  readonly ack: OutboundAck | undefined
}

const turnsAtMost = 256
const answersAtMost = 1_024

/**
 * What one session's messages belong to, from the hand-over of a row to the deliveries that answer
 * it. All of it is in memory: what an earlier process took up is no part of a trace any more.
 *
 * 1. A turn's span begins with a row that was handed over, and ends with that row, or with this.
 * 2. A turn that has ended is forgotten: what it answered was taken before. What waits is bounded; the
 *    oldest is forgotten first, and its span ended.
 */
export class SessionTrace {
  readonly #otel: Otel
  readonly #instruments: Instruments
  readonly #session: TracedSession
  /** By id of the inbound row. */
  readonly #turns = rememberAtMost<OpenSpan>(turnsAtMost, abandon)
  /** What a delivery answers, by id of the outbound row. */
  readonly #answers = rememberAtMost<TraceContext>(answersAtMost)

  constructor(otel: Otel, instruments: Instruments, session: TracedSession) {
    this.#otel = otel
    this.#instruments = instruments
    this.#session = session
  }

  /** Rows are durable: their turns begin. */
  appended(rows: readonly Appended[], parent: TraceContext): void {
    const { sessionId, agentId, agentName, provider } = this.#session
    for (const { id, outcome } of rows) {
      if (outcome !== 'accepted') continue
      const span = this.#otel.begin({
        name: `invoke_agent ${agentName}`,
        kind: 'internal',
        attributes: {
          'gen_ai.operation.name': 'invoke_agent',
          'gen_ai.provider.name': provider,
          'gen_ai.agent.id': agentId,
          'gen_ai.agent.name': agentName,
          'gen_ai.conversation.id': sessionId,
          'messaging.message.id': id,
        },
        parent,
      })
      this.#turns.set(id, span)
    }
  }

  /** Rows have ended. Those that one turn answered are linked to the first of them. */
  ended(rows: readonly TracedEnd[]): void {
    const firstOf = new Map<string, TraceContext>()
    for (const { row, ack } of rows) {
      const span = this.#turns.get(row.id)
      if (span === undefined) continue
      this.#turns.delete(row.id)
      const { turnId = null, status } = ack ?? {}
      if (turnId !== null) {
        const first = firstOf.get(turnId)
        if (first === undefined) firstOf.set(turnId, span.context)
        else span.link(first)
        span.set({ 'nanoclaw.turn.id': turnId })
      }
      this.#end(span, status === 'failed' ? 'turn_failed' : undefined)
    }
  }

  /** A container is started for the first of these rows that is traced. */
  started<T>(
    rows: readonly { readonly id: string }[],
    driver: string,
    start: () => Promise<T>,
  ): Promise<T> {
    const turns = rows.map(({ id }) => this.#turns.get(id))
    const common = { 'nanoclaw.driver.name': driver }
    return this.#otel.run(
      {
        name: 'start_container',
        kind: 'internal',
        attributes: {
          ...common,
          'gen_ai.agent.id': this.#session.agentId,
          'gen_ai.conversation.id': this.#session.sessionId,
        },
        parent: turns.find((turn) => turn !== undefined)?.context,
      },
      (seconds, failure) => this.#instruments.started(seconds, { ...common, ...failure }),
      start,
    )
  }

  /** A row is to be delivered: it belongs to the turn of what it answers. */
  taken({ id, inReplyTo }: OutboundRow): void {
    const turn = inReplyTo === null ? undefined : this.#turns.get(inReplyTo)
    if (turn !== undefined) this.#answers.set(id, turn.context)
  }

  /** Calls an adapter for one part of a delivery. */
  called<T>(
    operation: 'send' | 'look_up',
    delivery: Delivery,
    part: number,
    call: () => Promise<T>,
  ): Promise<T> {
    const { channelType, channelInstance } = delivery
    const common = {
      ...channelAttributes({ channelType: channelType ?? '', instance: channelInstance }),
      'messaging.operation.name': operation,
      'messaging.operation.type': operation,
    }
    const options = {
      name: `${operation} ${common['messaging.destination.name']}`,
      kind: 'client',
      attributes: {
        ...common,
        'messaging.message.id': delivery.id,
        'messaging.message.conversation_id': this.#session.sessionId,
        'nanoclaw.delivery.attempt': delivery.attempts + 1,
        'nanoclaw.delivery.part': part,
      },
      parent: this.#answers.get(delivery.id),
    } as const
    const report = (seconds: number, failure: object): void => {
      const attributes = { ...common, ...failure }
      this.#instruments.called(seconds, attributes)
      if (operation === 'send') this.#instruments.sent(attributes)
    }
    return this.#otel.run(options, report, call)
  }

  /** A delivery has ended: it is not called for again. */
  settled(deliveryId: string): void {
    this.#answers.delete(deliveryId)
  }

  /** Nothing more is followed; what is open ends as it is. */
  close(): void {
    this.#turns.clear()
    this.#answers.clear()
  }

  #end(span: OpenSpan, errorType: string | undefined): void {
    const failure = errorType === undefined ? {} : { 'error.type': errorType }
    this.#instruments.answered(span.end(errorType), {
      'gen_ai.operation.name': 'invoke_agent',
      'gen_ai.provider.name': this.#session.provider,
      ...failure,
    })
  }
}

function abandon(span: OpenSpan): void {
  span.set({ 'nanoclaw.turn.abandoned': true })
  span.end()
}
