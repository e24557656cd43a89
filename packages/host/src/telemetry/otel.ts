import {
  context,
  isSpanContextValid,
  metrics,
  ROOT_CONTEXT,
  SpanKind,
  SpanStatusCode,
  trace,
  type Attributes,
  type Context,
  type Span,
  type Tracer,
} from '@opentelemetry/api'
import { errorTypeOf } from './error-type.ts'

// The only file that speaks to OpenTelemetry. Without an SDK all of it does nothing; what an SDK, or a
// processor in it, throws is never the outcome of what is followed.

/** Where in a trace something stands; carried in memory by what it causes. */
export type TraceContext = Context

/** A span to be begun. */
export interface SpanOptions {
  readonly name: string
  readonly kind: 'client' | 'consumer' | 'internal'
  readonly attributes: Attributes
  /** Default: none; the span begins a trace of its own. */
  readonly parent?: TraceContext | undefined
}

/** A span that has not ended. */
export interface OpenSpan {
  readonly context: TraceContext
  set(attributes: Attributes): void
  /** Names a span that it has to do with and is no child of. */
  link(other: TraceContext): void
  /** Returns how long it took, in seconds. With an error type it has failed. */
  end(errorType?: string): number
}

/** OpenTelemetry, as far as a host uses it. */
export interface Otel {
  begin(options: SpanOptions): OpenSpan
  /** Runs work as the active span, and reports its length in seconds and, if it failed, how. */
  run<T>(
    options: SpanOptions,
    report: (seconds: number, attributes: Attributes) => void,
    work: (span: OpenSpan) => Promise<T>,
  ): Promise<T>
  /** The place in a trace of whoever calls: a span of the application's, if there is one. */
  active(): TraceContext
  /** Runs work that outlives its caller, and belongs to no span of it. */
  detached<T>(work: () => T): T
  /** A histogram in seconds. */
  durations(
    name: string,
    description: string,
    boundaries: readonly number[],
  ): (seconds: number, attributes: Attributes) => void
  counter(name: string, unit: string, description: string): (attributes: Attributes) => void
  /** Something that goes up and down: of several hosts in a process, their sum. */
  level(name: string, unit: string, description: string): (value: number) => void
}

const scope = '@nanoclaw/host'

const spanKinds = {
  client: SpanKind.CLIENT,
  consumer: SpanKind.CONSUMER,
  internal: SpanKind.INTERNAL,
} as const

/** Undefined: it threw, which is no concern of ours. */
function quietly<T>(call: () => T): T | undefined {
  try {
    return call()
  } catch {
    return undefined
  }
}

const nothing = (): void => undefined

/** Without an SDK a span is none, or that of the parent. One that is only not sampled has ids of its own. */
function isFollowed(span: Span): boolean {
  return span.isRecording() || isSpanContextValid(span.spanContext())
}

/** Undefined: nobody records it. */
function startSpan(tracer: Tracer, options: SpanOptions): Span | undefined {
  const { name, kind, attributes, parent = ROOT_CONTEXT } = options
  const span = quietly(() => tracer.startSpan(name, { kind: spanKinds[kind], attributes }, parent))
  return span === undefined || quietly(() => isFollowed(span)) === false ? undefined : span
}

/** What it causes stands where it does itself. It holds nothing else: as many are open as rows wait. */
function unrecorded(context: TraceContext): OpenSpan {
  const startedAt = performance.now()
  const end = (): number => (performance.now() - startedAt) / 1_000
  return { context, set: nothing, link: nothing, end }
}

function recorded(span: Span, parent: TraceContext): OpenSpan {
  const startedAt = performance.now()
  return {
    context: trace.setSpan(parent, span),
    set: (more) => void quietly(() => span.setAttributes(more)),
    link: (other) => {
      const linked = trace.getSpanContext(other)
      if (linked !== undefined) quietly(() => span.addLink({ context: linked }))
    },
    end: (errorType) => {
      if (errorType !== undefined) {
        // No message: an adapter's may hold an address, a token or a person's words.
        quietly(() => span.setStatus({ code: SpanStatusCode.ERROR }))
        quietly(() => span.setAttribute('error.type', errorType))
      }
      quietly(() => span.end())
      return (performance.now() - startedAt) / 1_000
    },
  }
}

function beginSpan(tracer: Tracer, options: SpanOptions): OpenSpan {
  const { parent = ROOT_CONTEXT } = options
  const span = startSpan(tracer, options)
  return span === undefined ? unrecorded(parent) : recorded(span, parent)
}

/** With the providers that are registered now; a provider of spans may come later, too. */
export function createOtel(): Otel {
  const meter = metrics.getMeter(scope)
  const tracer = trace.getTracer(scope)
  const begin = (options: SpanOptions): OpenSpan => beginSpan(tracer, options)
  return {
    begin,
    run: async (options, report, work) => {
      const span = begin(options)
      let result
      try {
        result = await context.with(span.context, () => work(span))
      } catch (error) {
        const errorType = errorTypeOf(error)
        report(span.end(errorType), { 'error.type': errorType })
        throw error
      }
      report(span.end(), {})
      return result
    },
    active: () => context.active(),
    detached: (work) => context.with(ROOT_CONTEXT, work),
    durations: (name, description, boundaries) => {
      const advice = { explicitBucketBoundaries: [...boundaries] }
      const histogram = quietly(() =>
        meter.createHistogram(name, { unit: 's', description, advice }),
      )
      return (seconds, attributes) => quietly(() => histogram?.record(seconds, attributes))
    },
    counter: (name, unit, description) => {
      const counter = quietly(() => meter.createCounter(name, { unit, description }))
      return (attributes) => quietly(() => counter?.add(1, attributes))
    },
    level: (name, unit, description) => {
      const counter = quietly(() => meter.createUpDownCounter(name, { unit, description }))
      let told = 0
      return (value) => {
        const by = value - told
        told = value
        if (by !== 0) quietly(() => counter?.add(by))
      }
    },
  }
}
