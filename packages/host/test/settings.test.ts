import { expect, test } from 'vitest'
import { defaultMaxContainers, defaultSettings } from '../src/settings.ts'

test('the number of containers follows memory and cores, within bounds', () => {
  const mb = 1024 * 1024
  expect(defaultMaxContainers({ memoryBytes: 128 * mb, cores: 1 })).toBe(2)
  expect(defaultMaxContainers({ memoryBytes: 1200 * mb, cores: 4 })).toBe(10)
  expect(defaultMaxContainers({ memoryBytes: 65_536 * mb, cores: 1 })).toBe(16)
  expect(defaultMaxContainers({ memoryBytes: 65_536 * mb, cores: 64 })).toBe(64)
  expect(defaultSettings().maxContainers).toBe(defaultMaxContainers())
})
