import { describe, test } from 'node:test'
import { channelConformance } from '@nanoclaw/adapters/testing'
import { parrotHarness } from './harness.ts'

describe('what the channel contract promises', () => {
  for (const { name, run } of channelConformance(parrotHarness)) test(name, run)
})
