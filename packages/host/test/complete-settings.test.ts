import { describe, expect, test } from 'vitest'
import { completeSettings } from '../src/complete-settings.ts'
import { defaultSettings, type HostSettings } from '../src/settings.ts'

type Table = { readonly [K in keyof HostSettings]: readonly unknown[] }

const allowed: Table = {
  idleMs: [0, 2 ** 31 - 1, Infinity],
  graceMs: [0, 2 ** 31 - 1],
  deliveryTimeoutMs: [1, 0.5 + 1, 2 ** 31 - 1],
  maxAttempts: [1],
  retryBaseMs: [1],
  retryLongestMs: [1, 2 ** 31 - 1],
  unknownOutcome: ['retry', 'ask'],
  tickMs: [1],
  heartbeatMs: [1],
  busyMs: [0],
  unansweredMs: [1],
  channelDownMs: [1],
  channelRestartMs: [1],
  channelSilentMs: [1, Infinity],
  timezone: ['Europe/Paris', 'UTC'],
}

const refused: Table = {
  idleMs: [-1, NaN, 2 ** 31, -Infinity],
  graceMs: [-1, NaN, 2 ** 31, Infinity],
  deliveryTimeoutMs: [0, NaN, 2 ** 31, Infinity],
  maxAttempts: [0, 2.5, NaN, Infinity],
  retryBaseMs: [0, NaN, 2 ** 31, Infinity],
  retryLongestMs: [0, NaN, 2 ** 31, Infinity],
  unknownOutcome: ['guess', '', null, 1],
  tickMs: [0, NaN, 2 ** 31, Infinity],
  heartbeatMs: [0, NaN, 2 ** 31, Infinity],
  busyMs: [-1, NaN, 2 ** 31, Infinity],
  unansweredMs: [0, NaN, 2 ** 31, Infinity],
  channelDownMs: [0, NaN, 2 ** 31, Infinity],
  channelRestartMs: [0, NaN, 2 ** 31, Infinity],
  channelSilentMs: [0, NaN, 2 ** 31],
  timezone: ['Nowhere/X', '', 1],
}

function complete(name: string, value: unknown): HostSettings {
  return completeSettings(Object.fromEntries([[name, value]]))
}

describe.each(Object.entries(allowed))('%s', (name, values) => {
  test.each(values)('may be %s', (value) => {
    expect(complete(name, value)).toEqual({ ...defaultSettings(), [name]: value })
  })
})

describe.each(Object.entries(refused))('%s', (name, values) => {
  test.each(values)('is refused as %s, by name, with what came', (value) => {
    const got = typeof value === 'string' ? JSON.stringify(value) : String(value)
    expect(() => complete(name, value)).toThrow(
      expect.objectContaining({
        code: 'bad-option',
        message: expect.stringMatching(`^settings\\.${name}: expected .+, got ${got}$`),
      }),
    )
  })

  test('is as ever when it is undefined', () => {
    expect(complete(name, undefined)).toEqual(defaultSettings())
  })
})

test('the defaults may all be set', () => {
  expect(completeSettings(defaultSettings())).toEqual(defaultSettings())
})
