import { parseUserId, userId } from '@nanoclaw/schema'
import fc from 'fast-check'
import { expect, test } from 'vitest'

const accounts = fc.record({
  channelType: fc.string({ minLength: 1, unit: 'binary' }),
  channelInstance: fc.oneof(fc.constant(''), fc.string({ unit: 'binary' })),
  handle: fc.string({ minLength: 1, unit: 'binary' }),
})

test('is what people write where there is one bot', () => {
  const ann = { channelType: 'telegram', channelInstance: '', handle: '42' }
  expect(userId(ann)).toBe('telegram:42')
  expect(userId({ ...ann, channelInstance: 'work' })).toBe('telegram/work:42')
})

test('keeps colons and slashes of a handle as they are', () => {
  const ann = { channelType: 'matrix', channelInstance: '', handle: '@ann:example.org' }
  expect(userId(ann)).toBe('matrix:@ann:example.org')
  expect(parseUserId('matrix:@ann:example.org')).toEqual(ann)
})

test('gives every account an id of its own, from which it is read again', () => {
  fc.assert(
    fc.property(accounts, (account) => {
      expect(parseUserId(userId(account))).toEqual(account)
    }),
  )
})

test.each(['', 'telegram', ':42', 'telegram:', '/work:42', 'telegram/:42'])(
  'takes %j for no user',
  (text) => expect(parseUserId(text)).toBeUndefined(),
)
