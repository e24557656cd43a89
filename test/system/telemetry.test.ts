import { RetryableDeliveryError, TerminalDeliveryError } from '@nanoclaw/adapters'
import { createProcessDriver, type SessionDriver } from '@nanoclaw/host'
import {
  context,
  createNoopMeter,
  metrics,
  SpanKind,
  SpanStatusCode,
  trace,
  type Meter,
} from '@opentelemetry/api'
import type { ReadableSpan, SpanProcessor } from '@opentelemetry/sdk-trace'
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import { childrenOfThisProcess } from '../support/children.ts'
import { collectTelemetry, type Collected } from './support/collect-telemetry.ts'
import { useTestHosts } from './support/test-host.ts'

const { start } = useTestHosts()

let collected: Collected

function idsOf(span: ReadableSpan) {
  const { traceId, spanId } = span.spanContext()
  return { traceId, spanId, parent: span.parentSpanContext?.spanId }
}

const isError = (span: ReadableSpan): boolean => span.status.code === SpanStatusCode.ERROR

describe('with an SDK in the process', () => {
  beforeEach(() => {
    collected = collectTelemetry()
  })
  afterEach(() => collected.stop())

  it('one trace goes from the hand-over to the delivery', async () => {
    const { memory, host, chat, agent } = await start()
    await memory.receive({ chatId: 'room', text: 'hello' })
    await host.whenQuiet(chat.id)

    const handOver = collected.span('hand_over memory')
    const turn = collected.span('invoke_agent Ada')
    const container = collected.span('start_container')
    const send = collected.span('send memory')
    expect(collected.spans()).toHaveLength(4)
    const { traceId } = idsOf(handOver)
    expect([turn, container, send].map((span) => idsOf(span).traceId)).toEqual([
      traceId,
      traceId,
      traceId,
    ])
    expect(idsOf(handOver).parent).toBeUndefined()
    expect(idsOf(turn).parent).toBe(idsOf(handOver).spanId)
    expect(idsOf(container).parent).toBe(idsOf(turn).spanId)
    expect(idsOf(send).parent).toBe(idsOf(turn).spanId)
    expect(collected.spans().some(isError)).toBe(false)

    const conversation = turn.attributes['gen_ai.conversation.id']
    expect(handOver).toMatchObject({
      kind: SpanKind.CONSUMER,
      attributes: {
        'messaging.system': 'nanoclaw',
        'messaging.operation.name': 'hand_over',
        'messaging.operation.type': 'process',
        'messaging.destination.name': 'memory',
        'messaging.message.id': turn.attributes['messaging.message.id'],
        'messaging.message.conversation_id': conversation,
        'nanoclaw.hand_over.outcome': 'accepted',
      },
    })
    expect(turn).toMatchObject({
      kind: SpanKind.INTERNAL,
      attributes: {
        'gen_ai.operation.name': 'invoke_agent',
        'gen_ai.provider.name': 'scripted',
        'gen_ai.agent.id': agent.id,
        'gen_ai.agent.name': 'Ada',
      },
    })
    expect(container.attributes).toMatchObject({ 'nanoclaw.driver.name': 'process' })
    expect(send).toMatchObject({
      kind: SpanKind.CLIENT,
      attributes: {
        'messaging.system': 'nanoclaw',
        'messaging.operation.name': 'send',
        'messaging.operation.type': 'send',
        'messaging.destination.name': 'memory',
        'messaging.message.conversation_id': conversation,
        'nanoclaw.delivery.attempt': 1,
        'nanoclaw.delivery.part': 0,
      },
    })
  })

  it('a hand-over is a child of the application’s active span, and what follows is no other’s', async () => {
    const tracer = trace.getTracer('application')
    const boot = tracer.startSpan('boot')
    const { memory, host, chat } = await context.with(trace.setSpan(context.active(), boot), () =>
      start(),
    )
    boot.end()
    await tracer.startActiveSpan('request', async (request) => {
      await memory.receive({ chatId: 'room', text: 'hello' })
      request.end()
    })
    await host.whenQuiet(chat.id)
    const request = idsOf(collected.span('request'))
    expect(idsOf(collected.span('hand_over memory'))).toMatchObject({
      traceId: request.traceId,
      parent: request.spanId,
    })
    const bootTrace = idsOf(collected.span('boot')).traceId
    const inBoot = collected.spans().filter((span) => idsOf(span).traceId === bootTrace)
    expect(inBoot.map(({ name }) => name)).toEqual(['boot'])
  })

  it('a delivery is the active span of its adapter’s call', async () => {
    const seen: (string | undefined)[] = []
    const { memory, host, chat } = await start()
    const deliver = memory.deliver.bind(memory)
    memory.deliver = (...call) => {
      seen.push(trace.getActiveSpan()?.spanContext().spanId)
      return deliver(...call)
    }
    await memory.receive({ chatId: 'room', text: 'hello' })
    await host.whenQuiet(chat.id)
    expect(seen).toEqual([idsOf(collected.span('send memory')).spanId])
  })

  it('a delivery that is tried again shows its tries, those that failed as failed', async () => {
    const { memory, host, chat } = await start({ settings: { retryBaseMs: 5 } })
    memory.failNext(new RetryableDeliveryError('secret-token'))
    memory.failNext('take-then-throw')
    await memory.receive({ chatId: 'room', text: 'private words' })
    await host.whenQuiet(chat.id)
    const tries = collected.spans().filter(({ name }) => name === 'send memory')
    const { traceId } = idsOf(collected.span('hand_over memory'))
    expect(tries.map((span) => idsOf(span).traceId)).toEqual([traceId, traceId, traceId])
    expect(tries.map(({ attributes }) => attributes['nanoclaw.delivery.attempt'])).toEqual([
      1, 2, 3,
    ])
    expect(tries.map(({ attributes }) => attributes['error.type'])).toEqual([
      'retryable',
      'unknown',
      undefined,
    ])
    expect(tries.map(isError)).toEqual([true, true, false])
    const told = JSON.stringify(
      collected
        .spans()
        .map(({ name, attributes, status, events }) => ({ name, attributes, status, events })),
    )
    for (const secret of ['secret-token', 'private words', 'Ann'])
      expect(told).not.toContain(secret)
  })

  it('what fails has an error status and a type', async () => {
    const { memory, host, chat } = await start()
    memory.failNext(new TerminalDeliveryError('the bot was removed'))
    await memory.receive({ chatId: 'room', text: 'hello' })
    await host.whenQuiet(chat.id)
    const send = collected.span('send memory')
    expect(send.status).toEqual({ code: SpanStatusCode.ERROR })
    expect(send.attributes['error.type']).toBe('terminal')
    await memory.receive({ chatId: 'room', text: '!error fatal no more' })
    await host.whenQuiet(chat.id)
    const turn = collected.span('invoke_agent Ada', 1)
    expect(turn.status).toEqual({ code: SpanStatusCode.ERROR })
    expect(turn.attributes['error.type']).toBe('turn_failed')
  })

  it('rows that one turn answers are linked to the first of them', async () => {
    const bothAreThere = Promise.withResolvers<void>()
    const { memory, host, chat } = await start({
      driver: (deps) => {
        const driver = createProcessDriver(deps)
        const late: SessionDriver['start'] = async (spec) => {
          await bothAreThere.promise
          return driver.start(spec)
        }
        return { ...driver, start: late }
      },
    })
    for (const text of ['one', 'two']) await memory.receive({ chatId: 'room', text })
    bothAreThere.resolve()
    await host.whenQuiet(chat.id)
    const [first, second] = [0, 1].map((nth) => collected.span('invoke_agent Ada', nth))
    expect(second?.attributes['nanoclaw.turn.id']).toBe(first?.attributes['nanoclaw.turn.id'])
    expect(second?.links.map((link) => link.context)).toEqual([first?.spanContext()])
    expect(first?.links).toEqual([])
    expect(second?.spanContext().traceId).not.toBe(first?.spanContext().traceId)
  })

  it('a turn that is not over when the host stops is ended, and says so', async () => {
    const { memory, stop, host } = await start({ settings: { graceMs: 50 } })
    await memory.receive({ chatId: 'room', text: '!hang' })
    expect(host.status().awakeSessions).toBe(1)
    await stop()
    expect(collected.span('invoke_agent Ada').attributes['nanoclaw.turn.abandoned']).toBe(true)
  })

  it('metrics have the names, units and few attributes of the conventions', async () => {
    const { memory, host, chat, stop } = await start({ settings: { retryBaseMs: 5 } })
    memory.failNext(new RetryableDeliveryError('not now'))
    await memory.receive({ chatId: 'room', text: 'hello' })
    await host.whenQuiet(chat.id)

    const counted = async (name: string) => {
      const metric = await collected.metric(name)
      const points = (metric?.dataPoints ?? []).map(({ attributes, value }) => ({
        ...attributes,
        count: typeof value === 'number' ? value : value.count,
      }))
      return { unit: metric?.descriptor.unit, points }
    }
    const channel = { 'messaging.system': 'nanoclaw', 'messaging.destination.name': 'memory' }
    const handOver = {
      ...channel,
      'messaging.operation.name': 'hand_over',
      'messaging.operation.type': 'process',
      count: 1,
    }
    const send = {
      ...channel,
      'messaging.operation.name': 'send',
      'messaging.operation.type': 'send',
      count: 1,
    }
    const agent = { 'gen_ai.operation.name': 'invoke_agent', 'gen_ai.provider.name': 'scripted' }
    const sends = [{ ...send, 'error.type': 'retryable' }, send]
    const expected = {
      'messaging.process.duration': { unit: 's', points: [handOver] },
      'messaging.client.consumed.messages': { unit: '{message}', points: [handOver] },
      'messaging.client.operation.duration': { unit: 's', points: sends },
      'messaging.client.sent.messages': { unit: '{message}', points: sends },
      'gen_ai.invoke_agent.duration': { unit: 's', points: [{ ...agent, count: 1 }] },
      'nanoclaw.container.start.duration': {
        unit: 's',
        points: [{ 'nanoclaw.driver.name': 'process', count: 1 }],
      },
      'nanoclaw.container.running': { unit: '{container}', points: [{ count: 1 }] },
    }
    for (const [name, metric] of Object.entries(expected)) {
      expect({ name, ...(await counted(name)) }).toEqual({ name, ...metric })
    }
    await stop()
    for (const name of ['nanoclaw.container.running', 'nanoclaw.session.awake']) {
      expect((await counted(name)).points).toEqual([{ count: 0 }])
    }
  })
})

describe.each(['onStart', 'onEnd'] as const)('with a processor whose %s throws', (where) => {
  beforeEach(() => {
    const broken: SpanProcessor = {
      onStart: () => undefined,
      onEnd: () => undefined,
      forceFlush: () => Promise.resolve(),
      shutdown: () => Promise.resolve(),
    }
    broken[where] = () => {
      throw new Error('the queue of the exporter is full')
    }
    collected = collectTelemetry([broken])
  })
  afterEach(() => collected.stop())

  it('each message is taken, answered and sent once, and every container is known', async () => {
    const before = await childrenOfThisProcess()
    const { memory, host, chat, driver, core, stop } = await start()
    for (const text of ['one', 'two']) {
      expect(await memory.receive({ chatId: 'room', text })).toEqual({ outcome: 'accepted' })
      await host.whenQuiet(chat.id)
    }
    expect(memory.delivered.map(({ text }) => text)).toEqual(['echo: one', 'echo: two'])
    expect(await driver.list()).toHaveLength(1)
    expect(host.status().containers).toBe(1)
    expect(await core.incidents.list()).toEqual([])
    await stop()
    expect(await childrenOfThisProcess()).toEqual(before)
  })
})

it('with a meter that throws a message is answered once', async () => {
  const broken = (): never => {
    throw new Error('no more memory for metrics')
  }
  const instrument = { add: broken, record: broken }
  const meter: Meter = Object.assign(Object.create(createNoopMeter()), {
    createHistogram: () => instrument,
    createCounter: () => instrument,
    createUpDownCounter: broken,
  })
  metrics.setGlobalMeterProvider({ getMeter: () => meter })
  onTestFinished(() => metrics.disable())
  const { memory, host, chat } = await start()
  await memory.receive({ chatId: 'room', text: 'hello' })
  await host.whenQuiet(chat.id)
  expect(memory.delivered.map(({ text }) => text)).toEqual(['echo: hello'])
})

it('without an SDK a message is answered as ever', async () => {
  const { memory, host, chat } = await start()
  await memory.receive({ chatId: 'room', text: 'hello' })
  await host.whenQuiet(chat.id)
  expect(memory.delivered.map(({ text }) => text)).toEqual(['echo: hello'])
})
