// The channel suite on the memory adapter, under the harness of adapters' own tests.
import { test } from 'node:test'
import { channelConformance } from '@nanoclaw/adapters/testing'
import { memoryHarness } from './support/memory-harness.mjs'

const make = () => memoryHarness({ echo: true, reconcile: true })
for (const { name, run } of channelConformance(make, { slowMs: 50 })) test(name, run)
