import { test } from 'node:test'
import { channelConformance } from '@nanoclaw/adapters/testing'
import { makeHarness } from './harness.ts'

const suite = channelConformance(makeHarness, {
  without: [
    // Pigeon numbers its updates as things happen, and gives them in that order.
    'reordering',
    // Pigeon has none of these.
    'delete-events',
    'membership-events',
    'attachments',
    'downloads',
  ],
})
for (const { name, run } of suite) test(name, run)
