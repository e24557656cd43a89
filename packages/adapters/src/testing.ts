export { channelConformance, leftOutOfConformance } from './testing/channel-conformance.ts'
export { RATE_LIMIT_MS } from './testing/harness.ts'
export type {
  ConformanceFacet,
  ConformanceHarness,
  ConformanceOptions,
  ConformancePlatform,
  ConformanceTest,
  PlatformFault,
  PlatformFile,
  PlatformMessage,
  PlatformPost,
} from './testing/harness.ts'
export { createTestContext } from './testing/create-test-context.ts'
export type {
  HandOverAnswer,
  LogLine,
  TestContext,
  TestContextOptions,
} from './testing/test-context.ts'
