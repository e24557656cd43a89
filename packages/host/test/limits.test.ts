import { expect, test } from 'vitest'
import { completeLimits } from '../src/complete-settings.ts'
import { defaultLimits, defaultMaxContainers } from '../src/limits.ts'

test('the number of containers follows memory and cores, within bounds', () => {
  const mb = 1024 * 1024
  expect(defaultMaxContainers({ memoryBytes: 128 * mb, cores: 1 })).toBe(2)
  expect(defaultMaxContainers({ memoryBytes: 1200 * mb, cores: 4 })).toBe(10)
  expect(defaultMaxContainers({ memoryBytes: 65_536 * mb, cores: 1 })).toBe(16)
  expect(defaultMaxContainers({ memoryBytes: 65_536 * mb, cores: 64 })).toBe(64)
  expect(defaultLimits().maxContainers).toBe(defaultMaxContainers())
})

test.each([
  ['contentBytes', 1_024, [1_023, 1_048_577, 2_000.5, Infinity, '4096', null]],
  ['undeliveredRows', 1, [0, 1.5, Infinity, '1']],
  ['rowsPerSecond', Infinity, [0, 0.5, NaN]],
  ['rowsBurst', 1, [0, Infinity]],
  ['backPressureMs', Infinity, [-1, 2 ** 31, NaN]],
  ['mailPerMinute', 1, [0, 1.5, NaN]],
  ['mailBurst', 1, [0, Infinity]],
  ['childAgents', 0, [-1, 0.5, Infinity]],
  ['maxContainers', 1, [0, -1, 1.5, NaN, Infinity, '4', null]],
  ['slotMs', 0, [-1, 2 ** 31, '30']],
])('%s may be %s, and what cannot be is refused by name', (name, allowed, refused) => {
  expect(completeLimits({ [name]: allowed })).toEqual({ ...defaultLimits(), [name]: allowed })
  expect(completeLimits({ [name]: undefined })).toEqual(defaultLimits())
  for (const value of refused) {
    expect(() => completeLimits({ [name]: value })).toThrow(
      expect.objectContaining({
        code: 'bad-option',
        message: expect.stringMatching(new RegExp(`^limits\\.${name}: expected .+, got .+$`)),
      }),
    )
  }
})
