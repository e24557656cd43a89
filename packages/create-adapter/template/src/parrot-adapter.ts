import {
  RetryableDeliveryError,
  TerminalDeliveryError,
  type AdapterContext,
  type AdapterIdentity,
  type ChannelAdapter,
  type ChannelCapabilities,
  type DeliveryResult,
} from '@nanoclaw/adapters'
import { createHealthRecord, whyDown } from './health.ts'
import type { ParrotOptions } from './options.ts'
import { createParrotApi, ParrotError, type ParrotApi } from './parrot-api.ts'
import { receiveUpdates } from './receive-updates.ts'
import { toDeliveryError } from './to-delivery-error.ts'

/** Claim nothing that the platform does not keep: the host relies on each line. */
const capabilities: ChannelCapabilities = {
  threads: true,
  edits: false,
  reactions: false,
  buttons: false,
  cards: false,
  typing: false,
  files: false,
  textLength: 2_000,
  markdown: 'none',
  idempotency: { windowMs: 5 * 60_000 },
  history: false,
  deliveryReceipts: false,
}

/** What exists between `start` and `stop`. */
interface Running {
  readonly ctx: AdapterContext
  readonly api: ParrotApi
  readonly stopping: AbortController
  readonly receiving: Promise<void>
}

/** One bot on one Parrot server. Starts nothing. */
export function createParrotAdapter(
  options: ParrotOptions,
  { instance }: AdapterIdentity = { instance: '' },
): ChannelAdapter {
  let running: Running | undefined
  let turn = Promise.resolve()
  const sending = new Set<Promise<unknown>>()
  const health = createHealthRecord(() => running?.ctx.healthChanged())

  /** Starts and stops one after the other, in the order in which they were asked for. */
  function inTurn(work: () => Promise<void>): Promise<void> {
    const done = turn.then(work)
    turn = done.catch(() => undefined)
    return done
  }

  async function send(message: Parameters<ParrotApi['send']>[0], signal: AbortSignal) {
    if (running === undefined) throw new RetryableDeliveryError('The adapter is not started.')
    if (signal.aborted) throw new RetryableDeliveryError('Aborted before it was sent.')
    const { api, ctx } = running
    try {
      return await api.send(message, signal)
    } catch (error) {
      if (error instanceof ParrotError && error.status === 401) {
        health.down(whyDown(error), ctx.clock.now())
      }
      throw toDeliveryError(error)
    }
  }

  async function end({ ctx, stopping, receiving }: Running): Promise<void> {
    running = undefined
    stopping.abort()
    // What is being sent is not cut off: nobody would know whether it stands in the chat. What
    // takes too long the host ends, by the signal that it gave to `deliver`.
    await Promise.allSettled([receiving, ...sending])
    health.down('The adapter is stopped.', ctx.clock.now())
  }

  return {
    channelType: 'parrot',
    instance,
    capabilities,

    start: (ctx) =>
      inTurn(async () => {
        if (running !== undefined) return
        const api = createParrotApi(options, ctx.fetch)
        const stopping = new AbortController()
        const signal = AbortSignal.any([stopping.signal, ctx.signal])
        health.down('It has not connected yet.', ctx.clock.now())
        const receiving = receiveUpdates({ api, ctx, instance, health, signal })
        running = { ctx, api, stopping, receiving }
      }),

    stop: () =>
      inTurn(async () => {
        if (running !== undefined) await end(running)
      }),

    async deliver(origin, part, { key, signal }): Promise<DeliveryResult> {
      if (part.type !== 'text') throw new TerminalDeliveryError(`Parrot takes no ${part.type}.`)
      const work = send({ ...origin, text: part.text, key }, signal)
      sending.add(work)
      try {
        return { status: 'sent', platformMessageId: await work }
      } finally {
        sending.delete(work)
      }
    },

    health: () => health.now(),
  }
}
