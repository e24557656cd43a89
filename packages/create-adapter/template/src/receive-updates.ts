import { setTimeout as pause } from 'node:timers/promises'
import type { AdapterContext, InboundEvent } from '@nanoclaw/adapters'
import { reasonOf, whyDown, type HealthRecord } from './health.ts'
import { ParrotError, type ParrotApi, type ParrotUpdate } from './parrot-api.ts'
import { StateError } from './state-error.ts'
import { toEvent } from './to-event.ts'

const FIRST_PAUSE_MS = 250
const LONGEST_PAUSE_MS = 30_000

/** How long Parrot may hold a request for updates open while there are none. */
const POLL_SECONDS = 25
/** A server that does not wait, and has nothing new, is asked no more often than that. */
const SHORTEST_POLL_MS = 1_000

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
      await follow(deps, () => (failures = 0))
    } catch (error) {
      if (signal.aborted) return
      failures += 1
      // What the host cannot keep is no fault of Parrot's, where sending still works.
      if (error instanceof StateError) ctx.logger.warn({ error: reasonOf(error) }, error.message)
      else health.down(whyDown(error), ctx.clock.now())
      const asked = error instanceof ParrotError ? error.retryAfterMs : undefined
      await untilAborted(pauseMs(failures, asked), signal)
    }
  }
}

/** Follows the updates until a request fails. `onRound`: they were asked for, taken and kept. */
async function follow(deps: ReceiveDeps, onRound: () => void): Promise<void> {
  const { api, ctx, health, signal } = deps
  const selfId = await api.whoAmI(signal)
  let last = Number((await kept(ctx.state.get(LAST_SEQ))) ?? 0)
  // The first answer comes at once: only when updates come, too, is the bot connected.
  for (let waitSeconds = 0; ; waitSeconds = POLL_SECONDS) {
    const since = performance.now()
    // Asking for what comes after `last` is what confirms it: all up to there is durable.
    const updates = await api.updatesAfter(last, waitSeconds, signal)
    health.connected(ctx.clock.now())
    const news = updates.filter(({ seq }) => seq > last)
    for (const update of news) {
      signal.throwIfAborted()
      await take(deps, update, selfId)
      last = update.seq
      await kept(ctx.state.set(LAST_SEQ, String(last)))
    }
    onRound()
    const early = SHORTEST_POLL_MS - (performance.now() - since)
    if (waitSeconds > 0 && news.length === 0 && early > 0) await untilAborted(early, signal)
  }
}

/** Resolves when there is nothing more to do about the update: it may be confirmed. */
async function take(deps: ReceiveDeps, update: ParrotUpdate, selfId: string): Promise<void> {
  const { ctx, instance } = deps
  const found = toEvent(update, { selfId, instance })
  if (found.kind === 'event') await handOver(deps, found.event)
  if (found.kind === 'unreadable') {
    // It stands in the chat and nobody answers: whoever reads the log has to know.
    ctx.logger.warn({ seq: update.seq, fields: found.fields }, 'a message cannot be read')
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

/** A call of `ctx.state`. What it rejects with is no fault of Parrot's. */
async function kept<T>(call: Promise<T>): Promise<T> {
  try {
    return await call
  } catch (error) {
    throw new StateError(error)
  }
}

/**
 * Doubles with every failure, and is not shorter than what Parrot asks for, up to half a minute. A
 * part is left to chance, so that many bots do not come at once.
 */
function pauseMs(failures: number, askedMs = 0): number {
  const most = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** (failures - 1))
  const own = most / 2 + (Math.random() * most) / 2
  return Math.min(LONGEST_PAUSE_MS, Math.max(askedMs, own))
}

async function untilAborted(ms: number, signal: AbortSignal): Promise<void> {
  await pause(ms, undefined, { signal }).catch(() => undefined)
}
