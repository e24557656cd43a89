import type { ChannelCapabilities } from '@nanoclaw/adapters'

/** What decides whether a key still protects. Times in milliseconds. */
export interface KeyAge {
  readonly idempotency: ChannelCapabilities['idempotency']
  /** When the first call with the key was announced, ISO-8601 UTC; null: never. */
  readonly firstSentAt: string | null
  readonly nowMs: number
  /** How long ago the first call was, on a clock that does not jump; undefined: an earlier process's. */
  readonly calledAgoMs: number | undefined
  /** What one call may take. */
  readonly deliveryTimeoutMs: number
}

/**
 * For how many milliseconds a call with the same key may still begin and have no second effect; 0:
 * not any more. A clock that was put back so that the first call lies ahead proves nothing.
 */
export function protectedForMs(age: KeyAge): number {
  const { idempotency, firstSentAt, nowMs, calledAgoMs, deliveryTimeoutMs } = age
  // What an adapter leaves out protects nothing.
  if (typeof idempotency !== 'object' || firstSentAt === null) return 0
  if (idempotency.windowMs === Infinity) return Infinity
  const agoMs = nowMs - Date.parse(firstSentAt)
  if (agoMs < 0) return 0
  const left = idempotency.windowMs - deliveryTimeoutMs - Math.max(agoMs, calledAgoMs ?? 0)
  return Math.max(0, left)
}

/** The pause, shortened so that what follows it begins while the key protects. */
export function pauseWithin(pauseMs: number, protectedMs: number): number {
  return Math.min(pauseMs, Math.floor(protectedMs - Math.min(1_000, protectedMs / 2)))
}
