import type { Logger } from '@nanoclaw/core'
import { errorMessage, timestamp, type Clock } from '@nanoclaw/schema'
import { withinDeadline } from '../deadline.ts'
import type { OperatorNotice, OperatorSink, OperatorSinkStatus } from './operator-sink.ts'

const whyLength = 300

/** The operator's sinks, in the order in which they are asked. */
export interface AskedSinks {
  /** The name of the first that takes it; undefined: none does. Rejects with the signal's reason. */
  ask(notice: OperatorNotice, signal: AbortSignal): Promise<string | undefined>
  /** How each did when it was asked last. */
  status(): readonly OperatorSinkStatus[]
}

/** Asks sinks one after another, each for at most `timeoutMs` milliseconds. */
export function createAskedSinks(deps: {
  readonly sinks: readonly OperatorSink[]
  readonly timeoutMs: number
  readonly logger: Logger
  readonly clock: Clock
}): AskedSinks {
  const { sinks, timeoutMs, logger, clock } = deps
  const failing = new Map<OperatorSink, { readonly since: string; readonly why: string }>()

  const failed = (sink: OperatorSink, error: unknown): void => {
    const why = errorMessage(error).slice(0, whyLength)
    failing.set(sink, { since: failing.get(sink)?.since ?? timestamp(clock), why })
    logger.warn({ sink: sink.name }, `the operator could not be told through ${sink.name}: ${why}`)
  }
  return {
    async ask(notice, signal) {
      for (const sink of sinks) {
        signal.throwIfAborted()
        try {
          await withinDeadline(async (ends) => sink.tell(notice, ends), { timeoutMs, signal })
        } catch (error) {
          signal.throwIfAborted()
          failed(sink, error)
          continue
        }
        failing.delete(sink)
        return sink.name
      }
      return undefined
    },
    status: () =>
      sinks.map((sink) => {
        const { name } = sink
        const failure = failing.get(sink)
        return failure === undefined
          ? { name }
          : { name, failingSince: failure.since, why: failure.why }
      }),
  }
}
