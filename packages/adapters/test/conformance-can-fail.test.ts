import { AssertionError } from 'node:assert'
import { describe, expect, it } from 'vitest'
import {
  channelConformance,
  type ConformanceHarness,
  type ConformanceTest,
} from '../src/testing.ts'
import { brokenFilesAndReceipts } from './broken-adapters/files-and-receipts.ts'
import { brokenInbound } from './broken-adapters/inbound.ts'
import { brokenInboundEvents } from './broken-adapters/inbound-events.ts'
import { brokenKeys } from './broken-adapters/keys.ts'
import { brokenOthers } from './broken-adapters/others.ts'
import { brokenOutbound } from './broken-adapters/outbound.ts'
import type { Broken } from './support/break-adapter.ts'
import { memoryHarness } from './support/memory-harness.ts'

const QUICK = { patienceMs: 500, slowMs: 50 }
const THREE_PARTS = /^\S.*\.\n {2}Promised: \S.*\.\n {2}Because: \S.*\.$/s

const broken: readonly Broken[] = [
  ...brokenInbound,
  ...brokenInboundEvents,
  ...brokenFilesAndReceipts,
  ...brokenOutbound,
  ...brokenKeys,
  ...brokenOthers,
]
const testsOf = (make: () => ConformanceHarness): ConformanceTest[] =>
  channelConformance(make, QUICK)
const tests = testsOf(() => memoryHarness())

async function failureOf(test: ConformanceTest | undefined): Promise<unknown> {
  return await test?.run().then(
    () => undefined,
    (error: unknown) => error,
  )
}

describe.concurrent(
  'an adapter with one promise broken fails the test meant for it, which says:',
  () => {
    for (const { test: name, says, options, wrap } of broken) {
      it(`${name}: ${says.source}`, async ({ expect }) => {
        const make = () => memoryHarness({ echo: true, ...options }, wrap)
        const error = await failureOf(testsOf(make).find((test) => test.name === name))
        expect(error).toBeInstanceOf(AssertionError)
        const message = error instanceof Error ? error.message : ''
        expect(message).toMatch(THREE_PARTS)
        expect(message.split('\n  Promised: ')[0]).toMatch(says)
      })
    }
  },
)

describe('the table of broken adapters', () => {
  it('has one for each test of the suite, and none for a test that there is not', () => {
    const shown = new Set(broken.map(({ test }) => test))
    expect([...shown].sort()).toEqual(tests.map(({ name }) => name).sort())
  })
})

describe('a harness', () => {
  it('that lacks what it does not leave out fails, and is told how to go on', async () => {
    const lacking = testsOf(() => {
      const { sendMessage, received } = memoryHarness().platform
      const { adapter, origin } = memoryHarness()
      return { adapter, origin, platform: { sendMessage, received } }
    })
    const failures = await Promise.all(lacking.map(failureOf))
    const messages = failures.flatMap((error) => (error instanceof Error ? [error.message] : []))
    const about = messages.filter((message) => message.startsWith('The harness has no '))
    expect(about.length).toBeGreaterThan(40)
    for (const message of about) {
      expect(message).toMatch(
        /Supply it, or, if the platform cannot .*(without: \[|do not claim|no resolve)/,
      )
    }
  })

  it('that breaks itself fails the test with its own error', async () => {
    const failing = testsOf(() => ({
      ...memoryHarness(),
      dispose: () => Promise.reject(new Error('the port is in use')),
    }))
    expect(await failureOf(failing[0])).toEqual(new Error('the port is in use'))
  })
})
