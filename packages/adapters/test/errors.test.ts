import { describe, expect, it } from 'vitest'
import {
  isAdapterError,
  isRetryableDeliveryError,
  isTerminalDeliveryError,
  isUnknownOutcomeError,
  meaningOfDeliveryError,
  RetryableDeliveryError,
  TerminalDeliveryError,
  UnknownOutcomeError,
} from '../src/index.ts'

const BRAND = Symbol.for('@nanoclaw/adapters/delivery-error')

describe('delivery errors', () => {
  it('mean what their class says, and anything else is unknown', () => {
    expect(meaningOfDeliveryError(new RetryableDeliveryError('x'))).toBe('retryable')
    expect(meaningOfDeliveryError(new TerminalDeliveryError('x'))).toBe('terminal')
    expect(meaningOfDeliveryError(new UnknownOutcomeError('x'))).toBe('unknown')
    for (const other of [new Error('x'), 'x', null, undefined, 7, { [BRAND]: 'sure' }]) {
      expect(meaningOfDeliveryError(other)).toBe('unknown')
      expect(isAdapterError(other)).toBe(false)
    }
  })

  it('are known by brand, so that those of another copy of this package count', () => {
    const foreign = Object.assign(new Error('of another copy'), { [BRAND]: 'retryable' })
    expect(isAdapterError(foreign)).toBe(true)
    expect(isRetryableDeliveryError(foreign)).toBe(true)
    expect(isTerminalDeliveryError(foreign)).toBe(false)
    expect(isUnknownOutcomeError(foreign)).toBe(false)
  })

  it('keep their cause, and have none when none was given', () => {
    const cause = new Error('ECONNREFUSED')
    expect(new RetryableDeliveryError('x', { cause }).cause).toBe(cause)
    expect(new TerminalDeliveryError('x', { cause }).cause).toBe(cause)
    expect(new UnknownOutcomeError('x', { cause }).cause).toBe(cause)
    expect('cause' in new UnknownOutcomeError('x')).toBe(false)
  })

  it('keep a sensible retryAfterMs and drop what platforms also send', () => {
    expect(new RetryableDeliveryError('x', { retryAfterMs: 1_500 }).retryAfterMs).toBe(1_500)
    expect(new RetryableDeliveryError('x', { retryAfterMs: Number.NaN }).retryAfterMs).toBe(
      undefined,
    )
    expect(new RetryableDeliveryError('x', { retryAfterMs: -1 }).retryAfterMs).toBe(undefined)
  })

  it('give a reason that is also the message', () => {
    const error = new TerminalDeliveryError('the bot was removed')
    expect([error.reason, error.message]).toEqual(['the bot was removed', 'the bot was removed'])
  })
})
