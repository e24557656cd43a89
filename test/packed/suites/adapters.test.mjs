// The channel suite on the memory adapter, under the harness of adapters' own tests.
import { test } from 'node:test'
import { channelConformance } from '@nanoclaw/adapters/testing'
import { memoryHarness } from './support/memory-harness.mjs'

for (const { name, run } of channelConformance(() => memoryHarness())) test(name, run)
