import { strict as assert } from 'node:assert'
import { meaningOfDeliveryError, isRetryableDeliveryError } from '../contract/errors.ts'
import { RATE_LIMIT_MS } from './harness.ts'
import type { Promised } from './promised.ts'

const caught = (error: unknown): unknown => error

/** What the platform and the network do to a delivery. */
export const faults: readonly Promised[] = [
  {
    name: 'deliver: refused before it was taken is "nothing was sent", and the next try works',
    facet: 'refuse',
    async run({ adapter, start, say, fail, posts, meaning, until }) {
      await start()
      fail('refuse')
      const why =
        'promised is RetryableDeliveryError, since nothing was sent for sure; as anything else the host has to ask a person, or risk it twice'
      assert.equal(await meaning(say('marker-refused'), why), 'retryable', why)
      assert.deepEqual(
        posts('marker-refused'),
        [],
        'the adapter says nothing was sent, and the chat shows it',
      )
      await until(
        () => adapter.health().state === 'connected',
        'after one refusal the adapter does not become connected again by itself',
      )
      await say('marker-refused')
      await until(
        () => posts('marker-refused').length === 1,
        'after one refusal nothing is sent any more',
      )
    },
  },
  {
    name: 'deliver: a rate limit is "nothing was sent", with the time the platform asked for',
    facet: 'rate-limit',
    async run({ start, say, fail, posts, meaning, inTime }) {
      await start()
      fail('rate-limit')
      const work = say('marker-limited')
      const why = 'promised is RetryableDeliveryError { retryAfterMs }'
      assert.equal(await meaning(work, why), 'retryable', why)
      const error = await inTime(work.then(String, caught), why)
      assert.ok(isRetryableDeliveryError(error))
      assert.equal(
        error.retryAfterMs,
        RATE_LIMIT_MS,
        `retryAfterMs is ${error.retryAfterMs}, the platform asked for ${RATE_LIMIT_MS} ms; bots that come back early are banned`,
      )
      assert.deepEqual(posts('marker-limited'), [], 'the chat shows what was refused')
    },
  },
  {
    name: '[L15] deliver: an answer that was lost is an unknown outcome',
    facet: 'lose-answer',
    async run({ start, say, fail, meaning }) {
      await start()
      fail('lose-answer')
      const why =
        'promised is UnknownOutcomeError, or no class at all: the platform may have shown it, and "nothing was sent" makes the host send it again and again'
      assert.equal(await meaning(say('marker-lost'), why), 'unknown', why)
    },
  },
  {
    name: '[L5] deliver: the same key again inside a claimed idempotency window shows it once',
    facet: 'lose-answer',
    async run({ adapter, start, say, fail, posts, until, idle }) {
      await start()
      fail('lose-answer')
      const error = await say('marker-key', { key: 'same' }).catch(caught)
      assert.equal(meaningOfDeliveryError(error), 'unknown', 'the lost answer was not noticed')
      const found = await adapter.reconcile?.('same')
      assert.notEqual(
        found?.outcome,
        'not-sent',
        'reconcile() says not-sent of what the platform shows; the host would send it again',
      )
      if (adapter.capabilities.idempotency === 'none') return
      await say('marker-key', { key: 'same' })
      await until(() => posts('marker-key').length > 0, 'it was not shown at all')
      await idle()
      assert.equal(
        posts('marker-key').length,
        1,
        `sent twice under one key inside the claimed window, the chat shows it ${posts('marker-key').length} times; claim 'none', and the host asks before it sends again`,
      )
    },
  },
  {
    name: '[L15] deliver: without an answer it settles soon after its signal aborts, as unknown',
    facet: 'hang',
    async run({ start, say, fail, meaning, idle }) {
      await start()
      fail('hang')
      const controller = new AbortController()
      const work = say('marker-hang', { signal: controller.signal })
      work.catch(caught)
      await idle()
      controller.abort()
      const why =
        'promised, soon after the signal aborted in mid-send, is UnknownOutcomeError: the request had left'
      assert.equal(await meaning(work, why), 'unknown', why)
    },
  },
  {
    name: '[L11] deliver: one send that hangs keeps neither others nor stop() waiting',
    facet: 'hang',
    async run({ adapter, start, say, fail, posts, until, idle, inTime }) {
      await start()
      fail('hang')
      const controller = new AbortController()
      const work = say('marker-hang', { signal: controller.signal }).catch(caught)
      await idle()
      const next = say('marker-next').catch(caught)
      await until(
        () => posts('marker-next').length === 1,
        'while one send waits for its answer no other is sent; order is kept by the host, which knows the destinations',
      )
      await inTime(next, 'the second deliver() did not settle')
      controller.abort()
      await inTime(work, 'the aborted deliver() did not settle')
      await inTime(adapter.stop(), 'stop() did not resolve after the last delivery had ended')
    },
  },
  {
    name: 'deliver: a chat that is gone is refused for good',
    facet: 'gone',
    async run({ start, say, fail, meaning }) {
      await start()
      fail('gone')
      const why =
        'promised is TerminalDeliveryError: no waiting brings the chat back, and the agent has to be told'
      assert.equal(await meaning(say('marker-gone'), why), 'terminal', why)
    },
  },
]
