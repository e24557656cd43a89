import {
  UnknownOutcomeError,
  type ChannelHealth,
  type DeliveryResult,
  type ReconcileResult,
} from '@nanoclaw/adapters'
import { z } from 'zod'

/** A text; whatever else stands there says nothing. */
const text = z.string().optional().catch(undefined)

const healthShape = z.object({
  state: z.enum(['connected', 'degraded', 'down']),
  since: z.string(),
  why: text,
  lastProof: text,
  idle: z.literal(true).optional().catch(undefined),
})
const resultShape = z.object({ status: z.enum(['sent', 'queued']), platformMessageId: text })
const reconciledShape = z.object({
  outcome: z.enum(['sent', 'not-sent', 'unknown']),
  platformMessageId: text,
})

/** What a package's `health()` gave; undefined where that is no health. */
export function readHealth(answer: unknown): ChannelHealth | undefined {
  const { data } = healthShape.safeParse(answer)
  if (data === undefined) return undefined
  const { state, since, why, lastProof, idle } = data
  return {
    state,
    since,
    ...(why === undefined ? {} : { why }),
    ...(lastProof === undefined ? {} : { lastProof }),
    ...(idle === undefined ? {} : { idle }),
  }
}

/**
 * What a package's `deliver()` gave.
 * @throws UnknownOutcomeError where that is no result: who knows what it has sent.
 */
export function readResult(answer: unknown): DeliveryResult {
  const { data } = resultShape.safeParse(answer)
  if (data === undefined) throw new UnknownOutcomeError('its deliver() gave no result')
  return data.status === 'queued' ? { status: 'queued' } : { status: 'sent', ...idOf(data) }
}

/** What a package's `reconcile()` gave; `unknown` where that is no answer. */
export function readReconciled(answer: unknown): ReconcileResult {
  const { outcome = 'unknown', ...rest } = reconciledShape.safeParse(answer).data ?? {}
  return outcome === 'sent' ? { outcome, ...idOf(rest) } : { outcome }
}

function idOf({ platformMessageId }: { readonly platformMessageId?: string | undefined }) {
  return platformMessageId === undefined ? {} : { platformMessageId }
}
