import { setTimeout as wait } from 'node:timers/promises'
import {
  isRetryableDeliveryError,
  isTerminalDeliveryError,
  isUnknownOutcomeError,
  RetryableDeliveryError,
  TerminalDeliveryError,
  UnknownOutcomeError,
  type ByteStream,
  type DeliveryResult,
} from '../../src/index.ts'
import { delivers, throwsInstead, type Broken } from '../support/break-adapter.ts'
import { altered } from '../support/memory-harness.ts'

const SENT: DeliveryResult = { status: 'sent' }

const saysNothingWasSent = throwsInstead((error) =>
  isUnknownOutcomeError(error) ? new RetryableDeliveryError('failed') : error,
)

/** What agents say, broken on its way to the platform. */
export const brokenOutbound: readonly Broken[] = [
  {
    test: 'deliver: before start and after stop it throws RetryableDeliveryError, and sends nothing',
    says: /answered \{"status":"sent"\}/,
    wrap: (memory) =>
      altered(memory, {
        deliver: async (...given) =>
          memory.health().state === 'down' ? SENT : await memory.deliver(...given),
      }),
  },
  {
    test: 'deliver: what is sent stands in the chat once, in its place, under the id that it answers',
    says: /became 2 messages/,
    wrap: delivers(async (send, origin, part, options) => {
      await send(origin, part, { ...options, key: `${options.key}-copy` })
      return await send(origin, part, options)
    }),
  },
  {
    test: '[L14] deliver: what is sent one after the other stands in that order',
    says: /shows them in the order/,
    wrap: (memory) => {
      let count = 0
      return delivers(async (send, ...given) => {
        count += 1
        if (count % 2 === 0) return await send(...given)
        wait(10)
          .then(() => send(...given))
          .catch(() => undefined)
        return SENT
      })(memory, false)
    },
  },
  {
    test: 'deliver: each stands in the chat that it is for, whatever was heard last',
    says: /What was sent to "chat" stands in "alone"/,
    wrap: (memory) => {
      let last: string | undefined
      return altered(memory, {
        start: (ctx) =>
          memory.start({
            ...ctx,
            handOver: (event) => {
              last = event.chatId
              return ctx.handOver(event)
            },
          }),
        deliver: ({ chatId, threadId }, part, options) =>
          memory.deliver({ chatId: last ?? chatId, threadId }, part, options),
      })
    },
  },
  {
    test: 'threads, where claimed: what is written in one says so, and an answer stands there',
    says: /sent next, to thread null, stands in thread thread-7/,
    wrap: (memory) => {
      let last: string | null = null
      return delivers((send, { chatId, threadId }, part, options) => {
        last = threadId ?? last
        return send({ chatId, threadId: last }, part, options)
      })(memory, false)
    },
  },
  {
    test: 'deliver: the longest text that it claims to take is one message, and whole',
    says: /cut a text/,
    wrap: delivers((send, origin, part, options) =>
      send(
        origin,
        part.type === 'text' ? { ...part, text: part.text.slice(0, 1_000) } : part,
        options,
      ),
    ),
  },
  {
    test: '[X7] deliver: hostile texts are shown as content, one message each',
    says: /threw TerminalDeliveryError: bad markup/,
    wrap: delivers(async (send, origin, part, options) => {
      if (part.type === 'text' && part.text.includes('<')) {
        throw new TerminalDeliveryError('bad markup')
      }
      return await send(origin, part, options)
    }),
  },
  {
    test: 'deliver: two sends with different keys are two messages, however alike',
    says: /did not become two messages/,
    wrap: (memory) => {
      const seen = new Set<string>()
      return delivers(async (send, origin, part, options) => {
        if (part.type === 'text' && seen.has(part.text)) return SENT
        if (part.type === 'text') seen.add(part.text)
        return await send(origin, part, options)
      })(memory, false)
    },
  },
  {
    test: 'deliver: with a signal aborted before, it throws RetryableDeliveryError and sends nothing',
    says: /answered \{"status":"sent"/,
    wrap: delivers((send, origin, part, options) =>
      send(origin, part, { ...options, signal: new AbortController().signal }),
    ),
  },
  {
    test: 'deliver: a part that capabilities do not claim throws TerminalDeliveryError',
    says: /answered \{"status":"sent"/,
    options: { capabilities: { cards: false } },
    wrap: delivers(async (send, origin, part, options) =>
      part.type === 'card' ? SENT : await send(origin, part, options),
    ),
  },
  {
    test: 'edits, where claimed: the message changes, and no other one comes',
    says: /still shows the old text/,
    wrap: delivers((send, origin, part, options) =>
      send(origin, part.type === 'edit' ? { type: 'text', text: part.text } : part, options),
    ),
  },
  {
    test: 'reactions, where claimed: the emoji stands on the message, and no other one comes',
    says: /does not show the reaction/,
    wrap: delivers((send, origin, part, options) =>
      send(origin, part.type === 'reaction' ? { type: 'text', text: part.emoji } : part, options),
    ),
  },
  {
    test: 'buttons, where claimed: as many and as long as claimed, in order and whole',
    says: /shows the buttons/,
    wrap: delivers((send, origin, part, options) =>
      send(
        origin,
        part.type === 'question' ? { ...part, buttons: part.buttons.slice(0, 3) } : part,
        options,
      ),
    ),
  },
  {
    test: 'cards, where claimed: one message each',
    says: /became 2 messages/,
    wrap: delivers(async (send, origin, part, options) => {
      if (part.type === 'card') {
        const fallback = { type: 'text', text: part.fallbackText } as const
        await send(origin, fallback, { ...options, key: `${options.key}-text` })
      }
      return await send(origin, part, options)
    }),
  },
  {
    test: 'typing, where claimed: it is shown, and never becomes a message',
    says: /left a message/,
    wrap: (memory) =>
      altered(memory, {
        typing: async (origin) => {
          await memory.typing?.(origin)
          const part = { type: 'text', text: 'is typing …' } as const
          const author = { id: 'a', name: 'ada' }
          const { signal } = new AbortController()
          await memory.deliver(origin, part, { key: 'typing', signal, author })
        },
      }),
  },
  {
    test: 'files, where claimed: name and bytes arrive as they were, in one message',
    says: /200000 bytes became 64000/,
    wrap: delivers((send, origin, part, options) =>
      send(
        origin,
        part.type === 'file' ? { ...part, open: () => firstChunk(part.open()) } : part,
        options,
      ),
    ),
  },
  {
    test: 'files, where claimed: one that is too large throws TerminalDeliveryError, declared or not',
    says: /answered \{"status":"sent"/,
    options: { capabilities: { files: { maxBytes: 100_000 } } },
    wrap: delivers((send, origin, part, options) => {
      if (part.type !== 'file') return send(origin, part, options)
      const { size: _unseen, ...rest } = part
      return send(origin, { ...rest, open: () => firstChunk(part.open()) }, options)
    }),
  },
  {
    test: 'files, where claimed with types: one of another type throws TerminalDeliveryError',
    says: /answered \{"status":"sent"/,
    options: { capabilities: { files: { maxBytes: 100_000, types: ['image/*'] } } },
    wrap: delivers((send, origin, part, options) =>
      send(origin, part.type === 'file' ? { ...part, mime: 'image/png' } : part, options),
    ),
  },
  {
    test: 'deliver: refused before anything left, it throws RetryableDeliveryError, and the next try works',
    says: /threw what means "it may have been sent"/,
    wrap: throwsInstead(() => new UnknownOutcomeError('something went wrong')),
  },
  {
    test: 'deliver: a rate limit throws RetryableDeliveryError with the time that the platform asked for',
    says: /retryAfterMs is 7, and/,
    wrap: throwsInstead((error) => {
      if (!isRetryableDeliveryError(error)) return error
      return new RetryableDeliveryError('slow', { retryAfterMs: (error.retryAfterMs ?? 0) / 1_000 })
    }),
  },
  {
    test: 'deliver: a rate limit without a time throws RetryableDeliveryError without one',
    says: /retryAfterMs is 0/,
    wrap: throwsInstead((error) => {
      if (!isRetryableDeliveryError(error)) return error
      return new RetryableDeliveryError('slow', { retryAfterMs: error.retryAfterMs ?? 0 })
    }),
  },
  {
    test: 'deliver: a platform that is broken (5xx) never makes it throw TerminalDeliveryError',
    says: /threw a TerminalDeliveryError/,
    wrap: throwsInstead(() => new TerminalDeliveryError('500')),
  },
  {
    test: '[L15] deliver: a connection cut while the request is under way throws UnknownOutcomeError',
    says: /"nothing was sent"/,
    wrap: saysNothingWasSent,
  },
  {
    test: '[L15] deliver: an answer that was lost throws UnknownOutcomeError, or what is no class of ours',
    says: /"nothing was sent"/,
    wrap: saysNothingWasSent,
  },
  {
    test: '[L15] deliver: without an answer it throws UnknownOutcomeError soon after its signal aborts',
    says: /deliver\(\) did not settle/,
    wrap: delivers((send, origin, part, options) =>
      send(origin, part, { ...options, signal: new AbortController().signal }),
    ),
  },
  {
    test: '[L11] deliver: one send that hangs keeps no other waiting',
    says: /the adapter sent no other/,
    wrap: (memory) => {
      let last: Promise<unknown> = Promise.resolve()
      return delivers((send, ...given) => {
        const work = last.then(() => send(...given))
        last = work.catch(() => undefined)
        return work
      })(memory, false)
    },
  },
  {
    test: 'deliver: into a chat that is gone it throws TerminalDeliveryError',
    says: /"nothing was sent"/,
    wrap: throwsInstead((error) =>
      isTerminalDeliveryError(error) ? new RetryableDeliveryError('404') : error,
    ),
  },
]

async function* firstChunk(stream: ByteStream): AsyncIterable<Uint8Array> {
  for await (const chunk of stream) {
    yield chunk
    return
  }
}
