import { createRecorder } from './recorder.ts'
import type { TestContext, TestContextOptions } from './test-context.ts'

/**
 * A context for an adapter in a test of your own, without a host behind it:
 * `await adapter.start(host.ctx)`, then look at what it did.
 */
export function createTestContext(options: TestContextOptions = {}): TestContext {
  return createRecorder(options)
}
