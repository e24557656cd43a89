import type { Appended, OutboundRow } from '@nanoclaw/core'
import { expect, it } from 'vitest'
import { createInstruments } from '../../src/telemetry/instruments.ts'
import type { OpenSpan, Otel, SpanOptions, TraceContext } from '../../src/telemetry/otel.ts'
import { SessionTrace } from '../../src/telemetry/session-trace.ts'

interface Begun extends SpanOptions {
  readonly context: TraceContext
  ended: boolean
}

const aContext = (): TraceContext => {
  const context: TraceContext = {
    getValue: () => undefined,
    setValue: () => context,
    deleteValue: () => context,
  }
  return context
}

/** Keeps what is begun. */
function recording() {
  const spans: Begun[] = []
  const begin = (options: SpanOptions): OpenSpan => {
    const span: Begun = { ...options, context: aContext(), ended: false }
    spans.push(span)
    const end = (): number => {
      span.ended = true
      return 0
    }
    return { context: span.context, set: () => undefined, link: () => undefined, end }
  }
  const otel: Otel = {
    begin,
    run: (options, _report, work) => work(begin(options)),
    active: aContext,
    detached: (work) => work(),
    durations: () => () => undefined,
    counter: () => () => undefined,
    level: () => () => undefined,
  }
  const session = { sessionId: 'sess-1', agentId: 'ag-1', agentName: 'Ada', provider: 'scripted' }
  return { spans, trace: new SessionTrace(otel, createInstruments(otel), session) }
}

const accepted = (id: string): Appended => ({ outcome: 'accepted', id, seq: 2 })

const answer = (id: string, inReplyTo: string | null): OutboundRow => ({
  id,
  seq: 3,
  kind: 'chat',
  inReplyTo,
  turnId: null,
  timestamp: '2026-01-31T12:00:00.000Z',
  deliverAfter: null,
  channelType: 'memory',
  channelInstance: '',
  platformId: 'room',
  threadId: null,
  content: '{"text":"hello"}',
})

const delivery = (id: string) => ({
  ...answer(id, null),
  status: 'sending' as const,
  attempts: 0,
  ambiguousCount: 0,
  nextAttemptAt: null,
  platformMessageId: null,
  deliveredAt: null,
  error: null,
  writtenAt: null,
  takenAt: null,
  firstSentAt: null,
  lastSentAt: null,
  askedAt: null,
})

it('rows that never get an answer are forgotten, the oldest first, and their spans ended', () => {
  const { spans, trace } = recording()
  for (let n = 0; n < 1_000; n += 1) trace.appended([accepted(`in-${n}`)], aContext())
  const open = spans.filter(({ ended }) => !ended)
  expect(open).toHaveLength(256)
  expect(open).toEqual(spans.slice(-256))
})

it('answers that are never sent are forgotten, the oldest first', async () => {
  const { spans, trace } = recording()
  trace.appended([accepted('in-1')], aContext())
  for (let n = 0; n < 1_025; n += 1) trace.taken(answer(`out-${n}`, 'in-1'))
  for (const id of ['out-0', 'out-1']) {
    await trace.called('send', delivery(id), 0, () => Promise.resolve())
  }
  const [turn, ...sends] = spans
  expect(sends.map(({ parent }) => parent)).toEqual([undefined, turn?.context])
})

it('an answer to nothing, or to what is not known here, begins a trace of its own', async () => {
  const { spans, trace } = recording()
  trace.taken(answer('out-1', null))
  trace.taken(answer('out-2', 'in-of-somebody-else'))
  for (const id of ['out-1', 'out-2']) {
    await trace.called('send', delivery(id), 0, () => Promise.resolve())
  }
  expect(spans.map(({ parent }) => parent)).toEqual([undefined, undefined])
})

it('a turn that has ended is forgotten: a thousand leave nothing behind', async () => {
  const { spans, trace } = recording()
  for (let n = 0; n < 1_000; n += 1) {
    trace.appended([accepted(`in-${n}`)], aContext())
    trace.ended([{ row: { id: `in-${n}` }, ack: undefined }])
  }
  expect(spans.filter(({ ended }) => !ended)).toHaveLength(0)
  spans.length = 0
  for (let n = 0; n < 1_000; n += 1) {
    trace.taken(answer(`out-${n}`, `in-${n}`))
    await trace.called('send', delivery(`out-${n}`), 0, () => Promise.resolve())
    trace.settled(`out-${n}`)
  }
  expect(new Set(spans.map(({ parent }) => parent))).toEqual(new Set([undefined]))
})

it('an answer belongs to its turn, which ends after it was taken', async () => {
  const { spans, trace } = recording()
  trace.appended([accepted('in-1')], aContext())
  trace.taken(answer('out-1', 'in-1'))
  trace.ended([{ row: { id: 'in-1' }, ack: undefined }])
  await trace.called('send', delivery('out-1'), 0, () => Promise.resolve())
  const [turn, send] = spans
  expect(send?.parent).toBe(turn?.context)
})

it('nothing stays open when it is closed', () => {
  const { spans, trace } = recording()
  trace.appended([accepted('in-1'), accepted('in-2')], aContext())
  trace.ended([{ row: { id: 'in-1' }, ack: undefined }])
  trace.close()
  expect(spans.map(({ ended }) => ended)).toEqual([true, true])
})
