import { isRetryableDeliveryError } from '../contract/errors.ts'
import { RATE_LIMIT_MS } from './harness.ts'
import type { Promised } from './promised.ts'

const caught = (error: unknown): unknown => error

/** What the platform and the network do to a delivery. */
export const faults: readonly Promised[] = [
  {
    name: 'deliver: refused before anything left, it throws RetryableDeliveryError, and the next try works',
    because: 'as anything else the host has to ask a person, or to risk it twice',
    facets: ['refuse'],
    async run({ start, connected, say, fail, post, posts, throws, check }) {
      await start()
      fail('refuse')
      await throws(say('marker-refused'), 'retryable')
      check(
        posts('marker-refused').length === 0,
        'The adapter threw "nothing was sent", and the chat shows it',
      )
      await connected()
      await post('marker-refused')
    },
  },
  {
    name: 'deliver: a rate limit throws RetryableDeliveryError with the time that the platform asked for',
    because: 'bots that come back early are banned',
    facets: ['rate-limit'],
    async run({ start, say, fail, posts, throws, check }) {
      await start()
      fail('rate-limit')
      const error = await throws(say('marker-limited'), 'retryable')
      const ms = isRetryableDeliveryError(error) ? error.retryAfterMs : undefined
      check(
        ms === RATE_LIMIT_MS,
        `The error's retryAfterMs is ${ms}, and the platform asked for ${RATE_LIMIT_MS} ms`,
      )
      check(posts('marker-limited').length === 0, 'The chat shows what was refused')
    },
  },
  {
    name: 'deliver: a rate limit without a time throws RetryableDeliveryError without one',
    because: 'the host then backs off by itself; a header that is missing, read as 0, is a hammer',
    facets: ['rate-limit-bare'],
    async run({ start, say, fail, posts, throws, check }) {
      await start()
      fail('rate-limit-bare')
      const error = await throws(say('marker-limited'), 'retryable')
      const ms = isRetryableDeliveryError(error) ? error.retryAfterMs : undefined
      check(ms === undefined || ms > 0, `The error's retryAfterMs is ${ms}`)
      check(posts('marker-limited').length === 0, 'The chat shows what was refused')
    },
  },
  {
    name: 'deliver: a platform that is broken (5xx) never makes it throw TerminalDeliveryError',
    because: 'the platform will be mended; given up for good, the message is lost',
    facets: ['server-error'],
    async run({ start, connected, say, fail, posts, post, throws, check }) {
      await start()
      fail('server-error')
      const error = await throws(say('marker-broken'), 'retryable', 'unknown')
      check(
        !isRetryableDeliveryError(error) || posts('marker-broken').length === 0,
        'The adapter threw "nothing was sent", and the chat shows it',
      )
      await connected()
      await post('marker-mended')
    },
  },
  {
    name: '[L15] deliver: a connection cut while the request is under way throws UnknownOutcomeError',
    because: 'nobody on this side can tell how much of it had arrived',
    facets: ['cut'],
    async run({ start, say, fail, throws }) {
      await start()
      fail('cut')
      await throws(say('marker-cut'), 'unknown')
    },
  },
  {
    name: '[L15] deliver: an answer that was lost throws UnknownOutcomeError, or what is no class of ours',
    because: 'the platform may show it, and "nothing was sent" makes the host send it again',
    facets: ['lose-answer'],
    async run({ start, say, fail, throws }) {
      await start()
      fail('lose-answer')
      await throws(say('marker-lost'), 'unknown')
    },
  },
  {
    name: '[L15] deliver: without an answer it throws UnknownOutcomeError soon after its signal aborts',
    because: 'the request had left, and one silent platform must not hold up the host',
    facets: ['hang'],
    async run({ start, say, fail, throws, quiet }) {
      await start()
      fail('hang')
      const controller = new AbortController()
      const work = say('marker-hang', { signal: controller.signal })
      work.catch(caught)
      // Until the request has surely left: what has not may throw that nothing was sent.
      await quiet()
      controller.abort()
      await throws(work, 'unknown')
    },
  },
  {
    name: '[L11] deliver: one send that hangs keeps no other waiting',
    because:
      'one slow upload would stop every chat; the host keeps the order, the adapter need not',
    facets: ['hang'],
    async run({ start, say, fail, posts, until, idle, inTime }) {
      await start()
      fail('hang')
      const controller = new AbortController()
      const work = say('marker-hang', { signal: controller.signal }).catch(caught)
      await idle()
      const next = say('marker-next').catch(caught)
      await until(
        () => posts('marker-next').length > 0,
        'While one send waited for its answer the adapter sent no other',
      )
      await inTime(next, 'The second deliver() did not settle')
      controller.abort()
      await inTime(work, 'The aborted deliver() did not settle')
    },
  },
  {
    name: 'deliver: into a chat that is gone it throws TerminalDeliveryError',
    because: 'no waiting brings the chat back, and the agent has to be told',
    facets: ['gone'],
    async run({ start, say, fail, throws }) {
      await start()
      fail('gone')
      await throws(say('marker-gone'), 'terminal')
    },
  },
]
