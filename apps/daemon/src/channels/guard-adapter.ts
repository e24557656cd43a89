import type {
  AdapterContext,
  ChannelAdapter,
  ChannelHealth,
  InboundEvent,
} from '@nanoclaw/adapters'
import { errorMessage } from '@nanoclaw/schema'
import type { ChatLookUp } from './chat-look-up.ts'
import { readHealth, readReconciled, readResult } from './foreign-answers.ts'
import type { Redactor } from './redactor.ts'

/** What stands between a host and an adapter that somebody else wrote. */
export interface GuardDeps {
  readonly redactor: Redactor
  readonly chats: ChatLookUp
  /** Now, ISO-8601 UTC. */
  readonly now: () => string
  /** The adapter has started. Never rejects. */
  readonly started: () => Promise<void>
  /** It cannot be started, for this reason. Never rejects. */
  readonly failed: (why: string) => Promise<void>
}

/**
 * The same adapter, of which nothing takes the rest of the host down or tells a secret: a start
 * that fails shows in `health`, one that takes long keeps nobody waiting, what it answers is of the
 * form that the contract asks for, and what it throws, logs, reports or says of itself is without
 * the secrets of its options.
 */
export function guardAdapter(inner: ChannelAdapter, deps: GuardDeps): ChannelAdapter {
  const { redactor, chats } = deps
  const health = cleanHealth(inner, deps)
  let failure: ChannelHealth | undefined
  let current: object | undefined
  let isFirstStart = true

  const clean = async <T>(work: () => Promise<T>): Promise<T> => {
    try {
      return await work()
    } catch (error) {
      throw redactor.error(error)
    }
  }
  const contextFor = (ctx: AdapterContext): AdapterContext => ({
    ...ctx,
    logger: redactor.logger(ctx.logger),
    handOver: async (event) => {
      await chats.before(event.chatId)
      return await ctx.handOver(event)
    },
    deliveryUpdate: async (key, update) => {
      const reason =
        update.status === 'failed' ? { reason: redactor.text(String(update.reason)) } : {}
      await ctx.deliveryUpdate(key, { ...update, ...reason })
    },
  })
  const begin = async (ctx: AdapterContext, run: object): Promise<void> => {
    try {
      await inner.start(contextFor(ctx))
    } catch (error) {
      isFirstStart = false
      // Ended by a stop: what stands now is told by the run that has come after it.
      if (current !== run) return
      const why = redactor.text(errorMessage(error))
      failure = { state: 'down', since: deps.now(), why }
      current = undefined
      await deps.failed(why)
      ctx.healthChanged()
      return
    }
    isFirstStart = false
    // It was stopped meanwhile, and has started all the same; a newer run is left alone.
    if (current === undefined) return await inner.stop()
    if (current !== run) return
    failure = undefined
    ctx.healthChanged()
    await deps.started()
    await chats.run()
  }
  const standing = (): ChannelHealth => {
    const now = health()
    const isStarting = isFirstStart && current !== undefined && now.state !== 'connected'
    return isStarting ? { ...now, starting: true } : now
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
      isFirstStart = false
      await clean(() => inner.stop())
    },
    deliver: (...given) => clean(async () => readResult(await inner.deliver(...given))),
    health: () => failure ?? standing(),
    ...(typing && { typing: (...given) => clean(() => typing.apply(inner, given)) }),
    ...(resolve && { resolve: (name) => clean(() => resolve.call(inner, name)) }),
    ...(history && { history: (...given) => cleanHistory(inner, given, redactor) }),
    ...(reconcile && {
      reconcile: (key) => clean(async () => readReconciled(await reconcile.call(inner, key))),
    }),
  }
}

/** How it stands, whatever it answers. What its author has to mend is no reason to send nothing. */
function cleanHealth(inner: ChannelAdapter, { redactor, now }: GuardDeps): () => ChannelHealth {
  let oddSince: string | undefined
  const odd = (why: string): ChannelHealth => {
    oddSince ??= now()
    return { state: 'degraded', since: oddSince, why: `${why}; that is for its author to mend` }
  }
  return () => {
    try {
      const answer = readHealth(inner.health())
      if (answer === undefined) return odd('its health() gave no health')
      oddSince = undefined
      const { why, ...standing } = answer
      return why === undefined ? standing : { ...standing, why: redactor.text(why) }
    } catch (error) {
      return odd(`its health() failed: ${redactor.text(errorMessage(error))}`)
    }
  }
}

async function* cleanHistory(
  inner: ChannelAdapter,
  given: readonly [chatId: string, since: string],
  redactor: Redactor,
): AsyncGenerator<InboundEvent> {
  try {
    if (inner.history !== undefined) yield* inner.history(...given)
  } catch (error) {
    throw redactor.error(error)
  }
}
