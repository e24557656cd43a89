import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isRetryableDeliveryError, meaningOfDeliveryError } from '@nanoclaw/adapters'
import { ParrotError } from '../src/parrot-api.ts'
import { toDeliveryError } from '../src/to-delivery-error.ts'

/** As Node's fetch throws. */
function fetchFailed(code: string): TypeError {
  return new TypeError('fetch failed', { cause: Object.assign(new Error(code), { code }) })
}

const meanings = [
  [new ParrotError(400, 'not understood'), 'terminal'],
  [new ParrotError(401, 'the token is not valid'), 'retryable'],
  [new ParrotError(403, 'the bot may not write here'), 'terminal'],
  [new ParrotError(404, 'the chat is gone'), 'terminal'],
  [new ParrotError(408, 'took too long'), 'unknown'],
  [new ParrotError(409, 'no such state'), 'unknown'],
  [new ParrotError(413, 'the text is too long'), 'terminal'],
  [new ParrotError(429, 'too fast'), 'retryable'],
  [new ParrotError(500, 'something broke'), 'unknown'],
  [new ParrotError(404), 'unknown'],
  [new ParrotError(503), 'unknown'],
  [new ParrotError(503, 'not now'), 'retryable'],
  [fetchFailed('ECONNREFUSED'), 'retryable'],
  [fetchFailed('ENOTFOUND'), 'retryable'],
  [fetchFailed('ECONNRESET'), 'unknown'],
  [fetchFailed('UND_ERR_SOCKET'), 'unknown'],
  [new DOMException('aborted', 'AbortError'), 'unknown'],
  [new SyntaxError('Unexpected end of JSON input'), 'unknown'],
] as const

for (const [error, meaning] of meanings) {
  test(`a send that failed with "${error.message}" is ${meaning}`, () => {
    const found = toDeliveryError(error)
    assert.equal(meaningOfDeliveryError(found), meaning)
    assert.equal(found.cause, error)
  })
}

test('the wait that Parrot asks for is passed on', () => {
  const error = toDeliveryError(new ParrotError(429, 'too fast', 7_000))
  assert.ok(isRetryableDeliveryError(error))
  assert.equal(error.retryAfterMs, 7_000)
})
