import { describe, test } from 'node:test'
import { channelConformance, type ConformanceFacet } from '@nanoclaw/adapters/testing'
import { parrotHarness } from './harness.ts'

/** What Parrot does not have. Whatever stands here is not tested: keep it short. */
const without: ConformanceFacet[] = [
  'edit-events',
  'delete-events',
  'reaction-events',
  'membership-events',
  'attachments',
  'downloads',
  'replies',
  // Its updates are numbered, and come in that order.
  'reordering',
]

describe('what the channel contract promises', { concurrency: 8 }, () => {
  for (const { name, run } of channelConformance(parrotHarness, { without })) test(name, run)
})
