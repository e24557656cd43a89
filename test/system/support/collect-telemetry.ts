import { context, metrics, trace } from '@opentelemetry/api'
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks'
import { MeterProvider, MetricReader, type MetricData } from '@opentelemetry/sdk-metrics'
import {
  InMemorySpanExporter,
  SimpleSpanProcessor,
  TracerProvider,
  type ReadableSpan,
  type SpanProcessor,
} from '@opentelemetry/sdk-trace'

class ReaderOnDemand extends MetricReader {
  protected override onShutdown(): Promise<void> {
    return Promise.resolve()
  }
  protected override onForceFlush(): Promise<void> {
    return Promise.resolve()
  }
}

/** What an application's OpenTelemetry SDK has been told. */
export interface Collected {
  /** Spans that have ended, oldest end first. */
  spans(): readonly ReadableSpan[]
  /** The one span with this name, or the nth, from 0. */
  span(name: string, nth?: number): ReadableSpan
  metric(name: string): Promise<MetricData | undefined>
  stop(): Promise<void>
}

/**
 * Registers a real SDK with exporters in memory, for this process, until it is stopped. `first` is told
 * of every span before they are.
 */
export function collectTelemetry(first: readonly SpanProcessor[] = []): Collected {
  const exporter = new InMemorySpanExporter()
  const spanProcessors = [...first, new SimpleSpanProcessor({ exporter })]
  const tracers = new TracerProvider({ spanProcessors })
  const reader = new ReaderOnDemand()
  const meters = new MeterProvider({ readers: [reader] })
  const contexts = new AsyncLocalStorageContextManager().enable()
  trace.setGlobalTracerProvider(tracers)
  metrics.setGlobalMeterProvider(meters)
  context.setGlobalContextManager(contexts)
  return {
    spans: () => exporter.getFinishedSpans(),
    span: (name, nth = 0) => {
      const named = exporter.getFinishedSpans().filter((span) => span.name === name)
      const found = named[nth]
      if (found !== undefined) return found
      const names = exporter.getFinishedSpans().map((span) => span.name)
      throw new Error(`expected a span "${name}" (${nth}), got ${names.join(', ')}`)
    },
    metric: async (name) => {
      const { resourceMetrics } = await reader.collect()
      const all = resourceMetrics.scopeMetrics.flatMap((scope) => scope.metrics)
      return all.find((metric) => metric.descriptor.name === name)
    },
    stop: async () => {
      trace.disable()
      metrics.disable()
      context.disable()
      await Promise.all([tracers.shutdown(), meters.shutdown()])
    },
  }
}
