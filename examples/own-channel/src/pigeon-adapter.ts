import {
  RetryableDeliveryError,
  type AdapterContext,
  type AdapterIdentity,
  type ChannelAdapter,
  type ChannelHealth,
} from '@nanoclaw/adapters'
import { capabilities } from './capabilities.ts'
import { createHealth, whyDown, type Health } from './health.ts'
import type { PigeonOptions } from './options.ts'
import { createPigeonApi, PigeonRefusal, type PigeonApi } from './pigeon-api.ts'
import { receive } from './receive.ts'
import { toDeliveryError } from './to-delivery-error.ts'
import { toSend } from './to-send.ts'

/** What there is between `start` and `stop`. */
interface Session {
  readonly api: PigeonApi
  readonly health: Health
  /** What `stop` aborts. */
  readonly stopping: AbortController
  /** Ends what only asks: the loop, its pauses, look-ups. A send is not cut off. */
  readonly signal: AbortSignal
  /** What `stop` waits for. */
  readonly underWay: Set<Promise<unknown>>
}

/** One bot on one Pigeon. Starts nothing. */
export function createPigeonAdapter(
  options: PigeonOptions,
  { instance }: AdapterIdentity,
): ChannelAdapter {
  let session: Session | undefined
  let turn = Promise.resolve()
  let stopped = notStarted()

  /** `start` and `stop` one after the other, in the order in which they were called. */
  function inTurn(work: () => Promise<void> | void): Promise<void> {
    const done = turn.then(work)
    turn = done.catch(() => undefined)
    return done
  }

  function begin(ctx: AdapterContext): void {
    if (session !== undefined) return
    const api = createPigeonApi(options, ctx.fetch)
    const health = createHealth(ctx.clock, () => ctx.healthChanged())
    const stopping = new AbortController()
    const signal = AbortSignal.any([stopping.signal, ctx.signal])
    const receiving = receive({ api, ctx, instance, health, signal })
    session = { api, health, stopping, signal, underWay: new Set([receiving]) }
  }

  async function end(): Promise<void> {
    if (session === undefined) return
    const { stopping, underWay } = session
    session = undefined
    stopped = notStarted()
    stopping.abort()
    await Promise.allSettled(underWay)
  }

  return {
    channelType: 'pigeon',
    instance,
    capabilities,
    health: () => session?.health.now() ?? stopped,
    start: (ctx) => inTurn(() => begin(ctx)),
    stop: () => inTurn(end),

    async deliver(origin, part, { key, signal }) {
      const send = toSend(origin, part, key)
      if (session === undefined) throw new RetryableDeliveryError('The adapter is not started.')
      if (signal.aborted) throw new RetryableDeliveryError('Aborted before it was sent.')
      const { api, health } = session
      try {
        const platformMessageId = await counted(session, api.send(send, signal))
        return { status: 'sent', platformMessageId }
      } catch (error) {
        if (error instanceof PigeonRefusal && error.status === 401) health.down(whyDown(error))
        throw toDeliveryError(error)
      }
    },

    async resolve(name) {
      if (session === undefined) throw new Error('The adapter is not started.')
      const rooms = await counted(session, session.api.roomsNamed(name, session.signal))
      return rooms.length === 1 ? rooms[0]?.id : undefined
    },

    async reconcile(key) {
      if (session === undefined) return { outcome: 'unknown' }
      const asked = counted(session, session.api.sentUnder(key, session.signal))
      // What is not found may be on its way, or forgotten: that it was not sent, nobody can say.
      return await asked.then(
        (platformMessageId) => ({ outcome: 'sent', platformMessageId }),
        () => ({ outcome: 'unknown' }),
      )
    },
  }
}

/** Does something at Pigeon that `stop` waits for. */
async function counted<T>({ underWay }: Session, work: Promise<T>): Promise<T> {
  underWay.add(work)
  return await work.finally(() => underWay.delete(work))
}

function notStarted(): ChannelHealth {
  return { state: 'down', since: new Date().toISOString(), why: 'The adapter is not started.' }
}
