import { setTimeout as pause } from 'node:timers/promises'
import type { AdapterContext, InboundEvent } from '@nanoclaw/adapters'
import { whyDown, type HealthRecord } from './health.ts'
import { ParrotError, type ParrotApi } from './parrot-api.ts'
import { toEvent } from './to-event.ts'

const FIRST_PAUSE_MS = 250
const LONGEST_PAUSE_MS = 30_000

/** Name of the last update that is safe with the host, in `ctx.state`. */
const LAST_SEQ = 'last-seq'

/** What receiving needs. */
export interface ReceiveDeps {
  readonly api: ParrotApi
  readonly ctx: AdapterContext
  readonly instance: string
  readonly health: HealthRecord
  /** Ends it. */
  readonly signal: AbortSignal
}

/**
 * Hands over what happens on Parrot, in order, until the signal aborts. Never rejects: what goes
 * wrong shows in the health, and is tried again, ever more slowly.
 */
export async function receiveUpdates(deps: ReceiveDeps): Promise<void> {
  const { ctx, health, signal } = deps
  let failures = 0
  while (!signal.aborted) {
    try {
      await follow(deps, () => {
        failures = 0
        health.connected(ctx.clock.now())
      })
    } catch (error) {
      if (signal.aborted) return
      health.down(whyDown(error), ctx.clock.now())
      failures += 1
      const asked = error instanceof ParrotError ? error.retryAfterMs : undefined
      await untilAborted(asked ?? pauseMs(failures), signal)
    }
  }
}

/** Follows the updates until a request fails. */
async function follow(deps: ReceiveDeps, connected: () => void): Promise<void> {
  const { api, ctx, instance, signal } = deps
  const selfId = await api.whoAmI(signal)
  connected()
  let last = Number((await ctx.state.get(LAST_SEQ)) ?? 0)
  for (;;) {
    // Asking for what comes after `last` is what confirms it: all up to there is durable.
    const updates = await api.updatesAfter(last, signal)
    connected()
    for (const update of updates) {
      const event = toEvent(update, { selfId, instance })
      if (event !== undefined) await handOver(deps, event)
      last = update.seq
      await ctx.state.set(LAST_SEQ, String(last))
    }
  }
}

/** Resolves when the host has taken the event, refused it for good, or knew it already. */
async function handOver({ ctx, signal }: ReceiveDeps, event: InboundEvent): Promise<void> {
  for (let failures = 1; ; failures += 1) {
    try {
      const result = await ctx.handOver(event)
      if (result.outcome === 'rejected') {
        ctx.logger.debug({ reason: result.reason, chat: event.chatId }, 'the host wants no message')
      }
      return
    } catch (error) {
      // The host is busy or stops. Nothing after this one is handed over before it: order.
      ctx.logger.warn({ error, chat: event.chatId }, 'the host could not take a message')
      await untilAborted(pauseMs(failures), signal)
      signal.throwIfAborted()
    }
  }
}

/** Doubles with every failure; a part is left to chance, so that many bots do not come at once. */
function pauseMs(failures: number): number {
  const most = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** (failures - 1))
  return most / 2 + (Math.random() * most) / 2
}

async function untilAborted(ms: number, signal: AbortSignal): Promise<void> {
  await pause(ms, undefined, { signal }).catch(() => undefined)
}
