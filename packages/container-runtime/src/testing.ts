export { providerConformance } from './testing/provider-conformance.ts'
export type { ConformanceCase } from './testing/provider-conformance.ts'
export type { ProviderConformanceOptions } from './testing/provider-bench.ts'
