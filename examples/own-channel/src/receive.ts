import type { AdapterContext } from '@nanoclaw/adapters'
import { whyDown, type Health } from './health.ts'
import { openMemory, type Memory } from './memory.ts'
import { pauseAfter } from './pauses.ts'
import { PigeonRefusal, type PigeonApi, type RawUpdate } from './pigeon-api.ts'
import { toEvent, type Reader } from './to-event.ts'

const waitSeconds = 25

/** What receiving needs. */
export interface ReceiveDeps {
  readonly api: PigeonApi
  readonly ctx: AdapterContext
  readonly instance: string
  readonly health: Health
  /** Ends it. */
  readonly signal: AbortSignal
}

/** Hands over what people do, in order. Resolves when the signal has aborted. */
export async function receive(deps: ReceiveDeps): Promise<void> {
  const { ctx, health, signal } = deps
  try {
    const memory = await untilHostCan(deps, () => openMemory(ctx.state))
    const round = createRound(deps, memory)
    // The first answer has to come at once: it is the proof that updates come at all.
    for (let failures = 0, wait = 0; ;) {
      try {
        await round(wait)
        failures = 0
        wait = waitSeconds
      } catch (error) {
        signal.throwIfAborted()
        failures += 1
        wait = 0
        health.down(whyDown(error))
        const askedMs = error instanceof PigeonRefusal ? error.retryAfterMs : undefined
        await pauseAfter(failures, signal, askedMs)
      }
    }
  } catch (error) {
    if (!signal.aborted) throw error
  }
}

/** Confirms the last batch and takes the next one. Rejects when a request fails. */
function createRound(deps: ReceiveDeps, memory: Memory): (waitSeconds: number) => Promise<void> {
  const { api, instance, health, signal } = deps
  let ownId: string | undefined
  let taken: number | undefined
  return async (wait) => {
    ownId ??= await api.whoAmI(signal)
    const reader = { instance, ownId, isOwnMessage: memory.isOwnMessage }
    // Before it asks again: while Pigeon takes no confirmation, health is not up and down in turn.
    if (taken !== undefined) await api.confirm(taken, signal)
    taken = undefined
    const updates = await api.updates(wait, signal)
    const before = memory.offset
    const last = updates.at(-1)?.offset
    // Every answer ends with the newest update.
    if (last !== undefined && last < before) {
      throw new Error('Its offsets have begun anew, so that this channel needs an empty state')
    }
    health.connected()
    for (const update of updates) {
      if (update.offset > memory.offset) await take(deps, memory, { update, reader })
    }
    // Also what was known already: the process before may have died before it could confirm.
    taken = last
    // A server that answers at once and has nothing new is not asked in a loop.
    if (memory.offset === before) await pauseAfter(0, signal)
  }
}

/** Resolves when the host has it, or does not want it, and that is written down. */
async function take(
  deps: ReceiveDeps,
  memory: Memory,
  { update, reader }: { readonly update: RawUpdate; readonly reader: Reader },
): Promise<void> {
  const { ctx } = deps
  const { offset } = update
  const reading = toEvent(update, reader)
  if (reading.type === 'unreadable') {
    ctx.logger.warn({ offset, at: reading.at }, 'an update cannot be read and is left out')
  }
  await untilHostCan(deps, async () => {
    if (reading.type === 'event') await ctx.handOver(reading.event)
    if (reading.type === 'own' && reading.wrote) await memory.noteOwnMessage(reading.wrote)
    await memory.noteOffset(offset)
  })
}

/** The host may be busy, or its disk full: it is tried again, and Pigeon is not to blame. */
async function untilHostCan<T>({ ctx, signal }: ReceiveDeps, work: () => Promise<T>): Promise<T> {
  for (let failures = 1; ; failures += 1) {
    signal.throwIfAborted()
    try {
      return await work()
    } catch (error) {
      ctx.logger.warn({ error: String(error) }, 'the host could not do its part')
      await pauseAfter(failures, signal)
    }
  }
}
