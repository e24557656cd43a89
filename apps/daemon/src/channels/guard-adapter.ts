import type { AdapterContext, ChannelAdapter, ChannelHealth } from '@nanoclaw/adapters'
import { errorMessage } from '@nanoclaw/schema'
import type { Redactor } from './redactor.ts'

/** What stands between a host and an adapter that somebody else wrote. */
export interface GuardDeps {
  readonly redactor: Redactor
  /** Awaited before the first event is handed over; when it rejects, the event comes again. */
  readonly prepare: () => Promise<void>
  /** The adapter has started. Never rejects. */
  readonly started: () => Promise<void>
  /** It cannot be started, for this reason. Never rejects. */
  readonly failed: (why: string) => Promise<void>
}

/**
 * The same adapter, of which nothing takes the rest of the host down or tells a secret: a start
 * that fails shows in `health`, one that takes long keeps nobody waiting, and what it throws, logs
 * or says of itself is without the secrets of its options.
 */
export function guardAdapter(inner: ChannelAdapter, deps: GuardDeps): ChannelAdapter {
  const { redactor } = deps
  let failure: ChannelHealth | undefined
  let current: object | undefined
  let prepared: Promise<void> | undefined

  const clean = async <T>(work: () => Promise<T>): Promise<T> => {
    try {
      return await work()
    } catch (error) {
      throw redactor.error(error)
    }
  }
  const prepare = async (): Promise<void> => {
    prepared ??= deps.prepare()
    try {
      await prepared
    } catch (error) {
      prepared = undefined
      throw error
    }
  }
  const contextFor = (ctx: AdapterContext): AdapterContext => ({
    ...ctx,
    logger: redactor.logger(ctx.logger),
    handOver: async (event) => {
      await prepare()
      return await ctx.handOver(event)
    },
  })
  const begin = async (ctx: AdapterContext, run: object): Promise<void> => {
    try {
      await inner.start(contextFor(ctx))
    } catch (error) {
      const why = redactor.text(errorMessage(error))
      failure = { state: 'down', since: ctx.clock.now(), why }
      current = undefined
      await deps.failed(why)
      ctx.healthChanged()
      return
    }
    failure = undefined
    // It was stopped meanwhile, and has started all the same.
    if (current !== run) return await inner.stop()
    await deps.started()
    // What cannot be prepared now is tried again with the first event.
    await prepare().catch(() => undefined)
  }

  const { typing, resolve, history, reconcile } = inner
  return {
    channelType: inner.channelType,
    instance: inner.instance,
    capabilities: inner.capabilities,
    async start(ctx) {
      if (current !== undefined) return
      const run = {}
      current = run
      void begin(ctx, run).catch((error: unknown) => {
        ctx.logger.warn({ error: redactor.error(error) }, 'a channel that was stopped had trouble')
      })
    },
    async stop() {
      current = undefined
      await clean(() => inner.stop())
    },
    deliver: (origin, part, options) => clean(() => inner.deliver(origin, part, options)),
    health() {
      if (failure !== undefined) return failure
      const { why, ...health } = inner.health()
      return why === undefined ? health : { ...health, why: redactor.text(why) }
    },
    ...(typing && { typing: (...given) => clean(() => typing.apply(inner, given)) }),
    ...(resolve && { resolve: (name) => clean(() => resolve.call(inner, name)) }),
    ...(history && { history: (...given) => history.apply(inner, given) }),
    ...(reconcile && { reconcile: (key) => clean(() => reconcile.call(inner, key)) }),
  }
}
