import { describe, expect, it } from 'vitest'
import * as contract from '../src/index.ts'
import * as memory from '../src/memory.ts'
import * as terminal from '../src/terminal.ts'
import * as testing from '../src/testing.ts'

describe('what this package exports besides types', () => {
  it('is this, and nothing more', () => {
    expect(Object.keys(contract).sort()).toEqual([
      'RetryableDeliveryError',
      'TerminalDeliveryError',
      'UnknownOutcomeError',
      'isAdapterError',
      'isRetryableDeliveryError',
      'isTerminalDeliveryError',
      'isUnknownOutcomeError',
      'meaningOfDeliveryError',
    ])
    expect(Object.keys(memory)).toEqual(['createMemoryAdapter'])
    expect(Object.keys(terminal).sort()).toEqual([
      'createInteractiveConsole',
      'createPipedConsole',
      'createTerminalAdapter',
    ])
    expect(Object.keys(testing).sort()).toEqual([
      'RATE_LIMIT_MS',
      'channelConformance',
      'createTestContext',
      'leftOutOfConformance',
    ])
  })
})
