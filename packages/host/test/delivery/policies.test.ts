import { expect, it } from 'vitest'
import { createPolicies } from '../../src/delivery/policies.ts'
import { defaultSettings } from '../../src/settings.ts'

const settings = { ...defaultSettings(), maxAttempts: 4 }

it('a channel has what it sets of its own, and of the settings the rest', () => {
  const policyOf = createPolicies(settings, ({ channelType }) =>
    channelType === 'sms' ? { unknownOutcome: 'ask' } : undefined,
  )
  const { maxAttempts, retryBaseMs, retryLongestMs, deliveryTimeoutMs } = settings
  const common = { maxAttempts, retryBaseMs, retryLongestMs, deliveryTimeoutMs }
  expect(policyOf({ channelType: 'sms', instance: '' })).toEqual({
    ...common,
    unknownOutcome: 'ask',
  })
  expect(policyOf({ channelType: 'other', instance: '' })).toEqual({
    ...common,
    unknownOutcome: 'retry',
  })
})

it('a value of its own that cannot be is refused, by the name of the channel', () => {
  const policyOf = createPolicies(settings, () => ({ retryLongestMs: 0 }))
  expect(() => policyOf({ channelType: 'sms', instance: 'two' })).toThrow(
    expect.objectContaining({
      code: 'bad-option',
      message: expect.stringContaining('deliveryPolicy of sms/two.retryLongestMs'),
    }),
  )
})
