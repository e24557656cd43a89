export { providerConformance } from './testing/provider-conformance.ts'
export type { ConformanceCase, ProviderFixture } from './testing/provider-conformance.ts'
